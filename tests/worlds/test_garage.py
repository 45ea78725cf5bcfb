# SPDX-License-Identifier: Apache-2.0
"""The garage: committed files equal what their tool writes, map and frames fit, loops lie where cars wait."""

import math
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import cv2
import pytest

from robot_navigation.map_file import load_map
from robot_simulation.garage_layout import AISLE_HALF, BAYS, CAR_FORWARD, GATES, NOSE, OVERHANG, away, home
from robot_simulation.sdf_reader import read_world
from robot_simulation.traffic.driver import car_outline
from robot_simulation.world_check import check_world
from ronda_core.se2 import SE2

ROOT = Path(__file__).resolve().parents[2]
GARAGE = ROOT / "worlds" / "garage.sdf"
sys.path.insert(0, str(ROOT / "worlds" / "tools"))

import make_garage  # noqa: E402


def test_the_world_is_what_its_tool_writes() -> None:
    assert GARAGE.read_text() == make_garage.world_text()
    assert check_world(GARAGE) == []


def test_every_picture_comes_from_the_tool() -> None:
    drawn = make_garage.pictures()
    assert {path.stem for path in (ROOT / "worlds/garage").iterdir()} == set(drawn)
    for name, picture in drawn.items():
        # Letters may differ by a shade between OpenCV versions, the ground around them may not.
        committed = cv2.imread(str(ROOT / f"worlds/garage/{name}.png"))
        assert committed is not None
        assert committed.shape == picture.shape
        assert (committed[0] == picture[0]).all()


def test_there_are_24_bays_and_each_has_its_frame() -> None:
    world = ET.parse(GARAGE).getroot().find("world")
    assert world is not None
    frames = {frame.get("name"): frame.findtext("pose") for frame in world.findall("frame")}
    assert len(BAYS) == 24
    for name, bay in BAYS.items():
        x, y, _, _, _, yaw = (float(n) for n in (frames[f"bay_{name}"] or "").split())
        assert (x, y, yaw) == pytest.approx((bay.centre.x, bay.centre.y, bay.centre.yaw), abs=1e-4)
        # x points to the open end: a step along it leads to the aisle.
        assert abs(y + 3.0 * math.sin(yaw)) < AISLE_HALF
    kinds = [bay.kind for bay in BAYS.values()]
    assert (kinds.count("ev"), kinds.count("disabled"), kinds.count("general")) == (4, 2, 18)


def test_the_map_ends_at_the_doors_and_shows_walls_and_columns() -> None:
    grid = load_map(ROOT / "maps/garage.yaml")

    def occupied(x: float, y: float) -> bool:
        column = int((x - grid.origin_x) / grid.resolution)
        row = int((y - grid.origin_y) / grid.resolution)
        return bool(grid.occupied[row, column])

    assert not occupied(0.0, 0.0)
    assert all(occupied(0.0, y) for y in (9.4, -9.4))
    assert all(occupied(x, 5.0) for x in (21.1, -21.1))
    assert not any(occupied(x, 0.0) for x in (21.1, -21.1))
    assert occupied(0.0, 7.8)
    # Cars and arms are no part of the building.
    assert not any(occupied(bay.parked.x, bay.parked.y) for bay in BAYS.values())


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.name)
def test_a_car_at_the_line_is_on_the_loop_and_not_in_the_beam(gate) -> None:
    at_line, holding, under, clear = (
        car_outline(SE2(x, 0.0, 0.0)) for x in (gate.stop_x, gate.hold_x, gate.arm_x, gate.clear_x + 0.05)
    )
    assert gate.loop.overlaps(at_line)
    assert not gate.beam.overlaps(at_line)
    assert not gate.loop.overlaps(holding)
    assert gate.loop.overlaps(under)
    assert gate.beam.overlaps(under)
    assert not gate.loop.overlaps(clear)
    # Wherever a car is beneath the arm, loop or beam tells.
    for step in range(int((NOSE + OVERHANG) / 0.05)):
        beneath = car_outline(SE2(gate.arm_x - NOSE + 0.05 * step, 0.0, 0.0))
        assert gate.loop.overlaps(beneath) or gate.beam.overlaps(beneath)


def test_gate_cameras_and_arms_have_the_topics_of_the_gates() -> None:
    world = read_world(GARAGE)
    cameras = {camera.topic for model in world.models for camera in model.cameras}
    arms = {control.topic for model in world.models for control in model.controls}
    assert cameras == {"gate_in/camera/image_raw", "gate_out/camera/image_raw"}
    assert arms == {"gate_in/barrier/arm_position", "gate_out/barrier/arm_position"}
    assert {model.states_topic for model in world.models if model.controls} == {
        "gate_in/joint_states",
        "gate_out/joint_states",
    }


def test_cars_wait_and_end_off_the_lane() -> None:
    lane = car_outline(SE2(-CAR_FORWARD, 0.0, 0.0)).width / 2
    for index in range(24):
        for place in (home(index), away(index)):
            one = car_outline(place)
            assert abs(one.y) - one.length / 2 > lane + 0.5
