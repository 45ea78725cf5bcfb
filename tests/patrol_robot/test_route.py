# SPDX-License-Identifier: Apache-2.0
import math
from pathlib import Path

import pytest

from patrol_robot.errors import RouteError
from patrol_robot.route import load_route, parse_route

GOOD = """
route:
  name: hall
  frame: map
  loop: false
  waypoints:
    - {name: door, x: 1, y: -2.5, yaw_deg: 90, wait_s: 2}
    - {name: desk, x: 4.0, y: 0.0}
"""


def test_reads_every_field_with_units() -> None:
    route = parse_route(GOOD)
    assert (route.name, route.frame, route.laps) == ("hall", "map", 1)
    door, desk = route.waypoints
    assert (door.name, door.x, door.y, door.wait_s) == ("door", 1.0, -2.5, 2.0)
    assert door.yaw == pytest.approx(math.pi / 2)
    assert (desk.yaw, desk.wait_s) == (0.0, 0.0)


def test_a_loop_goes_on_for_ever_unless_laps_are_given() -> None:
    looped = GOOD.replace("loop: false", "loop: true")
    assert parse_route(looped).laps == 0
    assert parse_route(looped.replace("loop: true", "loop: true\n  laps: 3")).laps == 3


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (GOOD.replace("waypoints:", "waypionts:"), "did you mean 'waypoints'"),
        (GOOD.replace("wait_s: 2", "wait: 2"), "wait_s"),
        (GOOD.replace("x: 1,", "x: left,"), "waypoint 0 'door': x must be a number"),
        (GOOD.replace("x: 1,", "x: .nan,"), "x must be a number"),
        (GOOD.replace("x: 1,", "x: true,"), "x must be a number"),
        (GOOD.replace("x: 4.0, ", ""), "waypoint 1 'desk': x must be a number"),
        (GOOD.replace("wait_s: 2", "wait_s: -2"), "wait_s -2 is outside"),
        (GOOD.replace("name: desk", "name: door"), "two waypoints are named 'door'"),
        (GOOD.replace("loop: false", "loop: maybe"), "loop must be true or false"),
        (GOOD.replace("  name: hall\n", ""), "name is missing"),
        (GOOD + "\n  name: twice\n", "line"),
        ("route: {name: a, waypoints: []}", "no waypoints"),
        ("[1, 2", "line"),
        ("just words", "expected keys and values"),
        ("", "expected keys and values"),
    ],
)
def test_refuses_what_is_wrong_and_says_where(broken: str, says: str) -> None:
    with pytest.raises(RouteError, match=r"airport\.yaml") as caught:
        parse_route(broken, where="airport.yaml")
    assert says in f"{caught.value} {caught.value.hint}"
    assert caught.value.hint


def test_a_missing_file_and_a_binary_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RouteError, match="No such file"):
        load_route(tmp_path / "none.yaml")
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RouteError, match="not a text file"):
        load_route(binary)


def test_reads_a_file(tmp_path: Path) -> None:
    path = tmp_path / "route.yaml"
    path.write_text(GOOD)
    assert load_route(path) == parse_route(GOOD)
