# SPDX-License-Identifier: Apache-2.0
"""The airport: committed files equal what its tools write, and the round is drivable past every place."""

import math
import sys
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import cv2
import numpy as np
import pytest

from patrol_robot.route import load_route
from robot_simulation.people_world import places_of

ROOT = Path(__file__).resolve().parents[2]
AIRPORT = ROOT / "worlds" / "airport.sdf"
CLEARANCE_M = 0.45
sys.path.insert(0, str(ROOT / "worlds" / "tools"))

import make_airport  # noqa: E402
import make_textures  # noqa: E402
import make_walker  # noqa: E402


def test_the_world_is_what_its_tool_writes() -> None:
    assert AIRPORT.read_text() == make_airport.world_text()


def test_the_walker_is_what_its_tool_writes() -> None:
    assert (ROOT / "worlds/meshes/walker.dae").read_text() == make_walker.collada_text()


def test_every_texture_comes_from_the_tool() -> None:
    drawn = make_textures.textures()
    assert {path.stem for path in (ROOT / "worlds/textures").iterdir()} == set(drawn)
    # Letters may differ by a shade between OpenCV versions; what has no letters may not.
    for name in ("floor", "ceiling"):
        assert np.array_equal(cv2.imread(str(ROOT / f"worlds/textures/{name}.png")), drawn[name])


def footprints() -> list[tuple[str, float, float, float, float, float]]:
    """Every collision shape below 1.5 m as name, centre x, y, heading, half length, half width (circles as squares)."""
    world = ET.parse(AIRPORT).getroot().find("world")
    assert world is not None
    shapes = []
    for model in world.findall("model"):
        mx, my, mz, _, _, mw = (float(n) for n in (model.findtext("pose") or "0 0 0 0 0 0").split())
        for collision in model.iter("collision"):
            x, y, z, _, _, w = (float(n) for n in (collision.findtext("pose") or "0 0 0 0 0 0").split())
            shape = collision.find("geometry")
            assert shape is not None
            if shape.find("plane") is not None:
                continue
            if (size := shape.findtext("box/size")) is not None:
                a, b, height = (float(n) for n in size.split())
            else:
                a = b = 2 * float(shape.findtext("cylinder/radius") or 0)
                height = float(shape.findtext("cylinder/length") or 0)
            if mz + z - height / 2 < 1.5:
                cx, cy = mx + x * math.cos(mw) - y * math.sin(mw), my + x * math.sin(mw) + y * math.cos(mw)
                shapes.append((f"{model.get('name')}/{collision.get('name')}", cx, cy, mw + w, a / 2, b / 2))
    return shapes


def distance(shape: tuple[str, float, float, float, float, float], x: float, y: float) -> float:
    _, cx, cy, heading, a, b = shape
    dx, dy = x - cx, y - cy
    u = abs(dx * math.cos(heading) + dy * math.sin(heading)) - a
    v = abs(-dx * math.sin(heading) + dy * math.cos(heading)) - b
    return math.hypot(max(u, 0), max(v, 0))


def test_waypoints_are_free() -> None:
    shapes = footprints()
    assert len(shapes) > 100
    for waypoint in load_route(ROOT / "config/airport_route.yaml").waypoints:
        nearest = min(shapes, key=lambda shape: distance(shape, waypoint.x, waypoint.y))
        assert distance(nearest, waypoint.x, waypoint.y) >= CLEARANCE_M, (waypoint.name, nearest)


def test_the_round_faces_everybody() -> None:
    waypoints = load_route(ROOT / "config/airport_route.yaml").waypoints
    places = places_of(ET.parse(AIRPORT).getroot(), AIRPORT)
    assert len(places) == 12
    for place in places:
        stop = min(waypoints, key=lambda w: math.hypot(w.x - place.x, w.y - place.y))
        assert 1.5 <= math.hypot(stop.x - place.x, stop.y - place.y) <= 2.5, place.name
        look = math.atan2(place.y - stop.y, place.x - stop.x)
        assert abs(math.remainder(look - stop.yaw, 2 * math.pi)) < math.radians(5), place.name
        assert abs(math.remainder(look + math.pi - place.yaw, 2 * math.pi)) < math.radians(15), place.name


@pytest.mark.parametrize("name", ["walker_west", "walker_east"])
def test_walkers_keep_clear_of_furniture_and_stops(name: str) -> None:
    world = ET.parse(AIRPORT).getroot().find("world")
    assert world is not None
    actor = next(a for a in world.findall("actor") if a.get("name") == name)
    steps = [
        (float(w.findtext("time") or 0), *map(float, (w.findtext("pose") or "").split()))
        for w in actor.iter("waypoint")
    ]
    stops = load_route(ROOT / "config/airport_route.yaml").waypoints
    shapes = footprints()
    for (t0, x0, y0, *_), (t1, x1, y1, *_) in pairwise(steps):
        assert math.hypot(x1 - x0, y1 - y0) / (t1 - t0) <= 1.3
        for share in np.linspace(0, 1, 50):
            x, y = x0 + share * (x1 - x0), y0 + share * (y1 - y0)
            assert min(distance(shape, x, y) for shape in shapes) > 0.4
            assert min(math.hypot(x - s.x, y - s.y) for s in stops) > 1.0
