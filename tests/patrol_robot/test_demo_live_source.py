# SPDX-License-Identifier: Apache-2.0
"""The live page's content from a real watch node; the page itself is in test_demo_live.py."""

import json
import math
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import rclpy
from geometry_msgs.msg import Point
from nav_msgs.msg import OccupancyGrid
from ronda.msg import Incident, PatrolState
from tests.patrol_robot.graph import graph

from patrol_robot.demo_live_source import PATH_POINTS, live_source
from patrol_robot.demo_setup import Stage
from patrol_robot.demo_watch import DemoWatch
from patrol_robot.route import Route, Waypoint

pytestmark = pytest.mark.live


@pytest.fixture
def watch() -> Iterator[DemoWatch]:
    with graph() as running:
        yield running.add(DemoWatch("r1", lambda _incident: None, rclpy.get_default_context()))


def stage(folder: Path) -> Stage:
    return Stage(
        folder=folder,
        world=folder / "world.sdf",
        site_file=folder / "site.yaml",
        map_file=folder / "map.yaml",
        route_file=folder / "route.yaml",
        route=Route("hall", "map", (Waypoint("a", 1.0, 1.0, 0.0),)),
        figures=(),
        wanted=(),
        portraits={},
    )


def floor() -> OccupancyGrid:
    """Four by three metres in cells of half a metre, a wall in the lowest row."""
    grid = OccupancyGrid()
    grid.info.resolution, grid.info.width, grid.info.height = 0.5, 8, 6
    grid.info.origin.position.x, grid.info.origin.position.y = -1.0, -2.0
    grid.data = [100] * 8 + [0] * 40
    return grid


def test_before_anything_has_come_the_page_has_something_to_say(watch: DemoWatch, tmp_path: Path) -> None:
    source = live_source(watch, stage(tmp_path), 5)
    state = json.loads(json.dumps(source.state(), allow_nan=False))
    assert (state["detail"], state["waypoint"], state["waypoints"]) == ("getting ready", 0, 5)
    assert (state["map"], state["path"], state["robot"], state["incidents"]) == (None, [], None, [])
    assert source.map_png() == b""


def test_places_are_pixels_of_the_map(watch: DemoWatch, tmp_path: Path) -> None:
    source = live_source(watch, stage(tmp_path), 5)
    watch.floor = floor()
    watch.view.pose = (0.0, 0.0, 1.5)
    watch.view.patrol = PatrolState(state=PatrolState.DRIVING, waypoint_index=2, detail="driving to 'c'")
    watch.figures.path += [(x / 1000, 0.0) for x in range(3 * PATH_POINTS)]
    watch.view.incidents += [
        Incident(incident_id="i-1", subject="Ada", position=Point(x=1.0, y=0.5)),
        Incident(incident_id="i-2", subject="Bob", position=Point(x=math.nan, y=math.nan)),
    ]
    state = json.loads(json.dumps(source.state(), allow_nan=False))
    assert (state["detail"], state["waypoint"]) == ("driving to 'c'", 3)
    assert state["map"] == {"width": 8, "height": 6}
    assert state["robot"] == [2.0, 2.0, 1.5]
    assert [entry["at"] for entry in state["incidents"]] == [[4.0, 1.0], None]
    assert len(state["path"]) == PATH_POINTS and state["path"][0] == [2.0, 2.0]
    picture = cv2.imdecode(np.frombuffer(source.map_png(), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture.shape == (6, 8)
    assert (picture[5] < 100).all() and (picture[:5] > 200).all(), "the lowest y is the last row"


def test_at_the_end_the_last_waypoint_is_shown(watch: DemoWatch, tmp_path: Path) -> None:
    watch.view.patrol = PatrolState(state=PatrolState.DONE, waypoint_index=0)
    assert live_source(watch, stage(tmp_path), 5).state()["waypoint"] == 5


def test_only_pictures_of_known_incidents_are_shown(watch: DemoWatch, tmp_path: Path) -> None:
    source = live_source(watch, stage(tmp_path), 5)
    for name in ("i-1", "i-2"):
        folder = tmp_path / "data" / "evidence" / name
        folder.mkdir(parents=True)
        (folder / "comparison.jpg").write_bytes(name.encode())
    watch.view.incidents += [Incident(incident_id="i-1"), Incident(incident_id="i-3")]
    assert source.picture("i-1") == b"i-1"
    assert source.picture("i-2") is None, "nobody reported it"
    assert source.picture("i-3") is None, "it has no picture yet"
    watch.view.frame, watch.view.frame_number = b"jpeg", 7
    assert source.frame() == (7, b"jpeg")
