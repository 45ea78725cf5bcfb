# SPDX-License-Identifier: Apache-2.0
import math

import pytest

from robot_simulation.traffic.path import Path, quarter, straight
from ronda_core.se2 import SE2


def around_the_corner():
    first = straight(SE2(1.0, 2.0, 0.0), 4.0, speed=2.0)
    turn = quarter(first.pose(4.0), 5.0, left=True, speed=1.0)
    return Path([first, turn, straight(turn.pose(turn.length), 3.0, speed=2.0)])


def near(pose, x, y, yaw):
    return pose.x == pytest.approx(x) and pose.y == pytest.approx(y) and pose.yaw == pytest.approx(yaw)


def test_a_quarter_circle_ends_beside_its_radius():
    path = around_the_corner()
    assert near(path.pose(0.0), 1, 2, 0)
    assert near(path.pose(4.0 + 2.5 * math.pi), 10, 7, math.pi / 2)
    assert near(path.pose(path.length), 10, 10, math.pi / 2)
    assert near(path.pose(path.length + 9), 10, 10, math.pi / 2)


def test_backwards_with_the_wheels_to_the_left_turns_the_nose_to_the_right():
    back = quarter(SE2(0.0, 0.0, math.pi / 2), 5.0, left=True, speed=1.0, direction=-1)
    assert near(back.pose(back.length), -5, -5, 0)
    back = quarter(SE2(0.0, 0.0, -math.pi / 2), 5.0, left=False, speed=1.0, direction=-1)
    assert near(back.pose(back.length), -5, 5, 0)


def test_a_slower_piece_is_approached_so_that_it_can_be_braked_for():
    path = around_the_corner()
    assert path.speed_limit(0.0, 1.0) == 2.0
    assert path.speed_limit(3.5, 1.0) == pytest.approx(math.sqrt(1 + 2 * 0.5))
    assert path.speed_limit(4.1, 1.0) == 1.0


def test_the_nearest_place_is_found_beside_the_way():
    path = around_the_corner()
    for s in (0.3, 3.9, 6.0, 12.5):
        here = path.pose(s)
        beside = SE2(here.x - 0.1 * math.sin(here.yaw), here.y + 0.1 * math.cos(here.yaw), here.yaw)
        assert path.progress(beside, s - 0.2) == pytest.approx(s, abs=0.01)
    # Never backwards, never beyond the end.
    assert path.progress(path.pose(1.0), 2.0) == 2.0
    assert path.progress(SE2(10, 12, math.pi / 2), path.length - 0.1) == path.length


def test_where_the_direction_changes_is_known_and_not_passed():
    back = straight(SE2(0.0, 0.0, 0.0), 2.0, direction=-1)
    path = Path([back, straight(back.pose(2.0), 5.0)])
    assert path.turning_points() == [2.0]
    assert path.progress(SE2(-1.9, 0, 0), 1.7) == pytest.approx(1.9)
    assert path.progress(SE2(-2.2, 0, 0), 1.9) <= 2.0
