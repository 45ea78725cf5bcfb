# SPDX-License-Identifier: Apache-2.0
import math

import pytest

from robot_navigation.odometry_history import OdometryHistory
from ronda_core.se2 import SE2


def history() -> OdometryHistory:
    result = OdometryHistory(seconds=1.0)
    result.add(1.0, SE2(0.0, 0.0, math.pi - 0.1))
    result.add(1.1, SE2(1.0, 0.0, -math.pi + 0.1))
    return result


def test_between_two_poses_it_interpolates_the_short_way_round():
    pose = history().at(1.05)
    assert pose.x == pytest.approx(0.5)
    assert abs(pose.yaw) == pytest.approx(math.pi)


def test_times_that_are_not_known_have_no_pose():
    assert history().at(1.2) is None
    assert history().at(0.9) is None
    assert history().at(1.1).x == 1.0
    assert OdometryHistory().at(1.0) is None


def test_time_that_goes_back_starts_anew():
    known = history()
    known.add(0.2, SE2(5.0, 0.0, 0.0))
    assert known.newest == 0.2 and known.at(1.0) is None
