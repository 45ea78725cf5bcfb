# SPDX-License-Identifier: Apache-2.0
"""The parking robot: the patrol robot with a plate camera that looks to its left, in both simulators' files."""

import math
from pathlib import Path

import pytest

from robot_simulation.model_builder import Spawn
from robot_simulation.sdf_reader import read_world
from robot_simulation.simulator import Simulator
from robot_simulation.urdf_reader import read_robot

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "urdf" / "parking_robot.urdf.xacro"


def test_it_has_everything_of_the_patrol_robot_and_a_plate_camera() -> None:
    patrol = read_robot(ROOT / "urdf" / "patrol_robot.urdf.xacro", {"namespace": "parking1"})
    parking = read_robot(FILE, {"namespace": "parking1"})
    names = {link.name for link in parking.links}
    assert {link.name for link in patrol.links} < names
    assert names - {link.name for link in patrol.links} == {
        "plate_camera_link", "plate_camera_optical_frame", "screen_link",
    }  # fmt: skip
    topics = [camera.topic for camera in parking.blocks.cameras]
    assert topics == ["parking1/camera/image_raw", "parking1/plate_camera/image_raw"]
    plate = parking.blocks.cameras[1]
    assert (plate.frame, plate.width, plate.height) == ("plate_camera_optical_frame", 1280, 720)


def test_it_stands_and_drives_in_the_garage_and_its_plate_camera_looks_left() -> None:
    simulator = Simulator(read_world(ROOT / "worlds/garage.sdf"), [Spawn(read_robot(FILE), "parking1")])
    (robot,) = simulator.robots
    robot.command(0.4, 0.0)
    while simulator.time < 4.0:
        simulator.step()
    simulator.refresh()
    truth = robot.truth()
    assert truth.x == pytest.approx(1.5, abs=0.15)
    assert abs(truth.roll) < 0.02
    assert abs(truth.pitch) < 0.02
    assert robot.contacts.count == 0
    # MuJoCo's cameras look along their -z.
    looks = -simulator.data.camera("parking1/camera1").xmat.reshape(3, 3)[:, 2]
    assert math.atan2(looks[1], looks[0]) - truth.yaw == pytest.approx(math.pi / 2, abs=0.01)
    assert simulator.data.camera("parking1/camera1").xpos[2] == pytest.approx(0.75, abs=0.01)
