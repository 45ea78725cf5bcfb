# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest

from robot_base.keep_out_watch import NO_ZONES, KeepOutWatch
from ronda_core.keep_out import parse_keep_out
from ronda_core.se2 import SE2

SQUARE = [[2.0, -1.0], [4.0, -1.0], [4.0, 1.0], [2.0, 1.0]]
ZONES = parse_keep_out({"keep_out": {"zones": [{"name": "pond", "points": SQUARE}]}}, "test")


def watch(pose: SE2) -> KeepOutWatch:
    """A robot that knows its place on the map; its odometry began elsewhere."""
    following = KeepOutWatch(ZONES, reach=1.5)
    following.take_odometry(10.0, SE2(5.0, 5.0, 1.0))
    following.take_pose(10.0, pose)
    return following


def test_without_zones_there_is_nothing_to_know() -> None:
    assert KeepOutWatch((), 1.0).view() is NO_ZONES


def test_edges_are_seen_from_the_robot() -> None:
    view = watch(SE2(3.0, 2.0, -math.pi / 2)).view()  # north of the pond, looking south
    assert view.known and not view.inside
    assert view.points[:, 0].min() == pytest.approx(1.0)
    assert np.hypot(*view.points.T).max() < 1.5
    ahead = view.points[np.abs(view.points[:, 1]) < 0.03]
    assert ahead[:, 0] == pytest.approx(1.0)


def test_the_odometry_carries_on_between_poses() -> None:
    following = watch(SE2(0.0, 0.0, 0.0))
    assert not len(following.view().points)
    start = SE2(5.0, 5.0, 1.0)
    following.take_odometry(11.0, start.compose(SE2(1.2, 0.0, 0.0)))
    assert following.view().points[:, 0].min() == pytest.approx(0.8)
    following.take_odometry(12.0, start.compose(SE2(3.0, 0.0, 0.0)))
    assert following.view().inside == "pond"


def test_a_pose_is_paired_with_the_odometry_of_its_time() -> None:
    following = watch(SE2(0.0, 0.0, 0.0))
    start = SE2(5.0, 5.0, 1.0)
    following.take_odometry(10.5, start.compose(SE2(1.0, 0.0, 0.0)))
    following.take_pose(10.0, SE2(0.1, 0.0, 0.0))  # late: it belongs to the earlier odometry
    assert following.view().points[:, 0].min() == pytest.approx(0.9)


def test_a_robot_that_is_lost_knows_nothing() -> None:
    following = KeepOutWatch(ZONES, 1.5)
    assert not following.view().known
    following = watch(SE2(0.0, 0.0, 0.0))
    following.take_localised(False)
    assert not following.view().known
    following.take_localised(True)
    assert following.view().known
