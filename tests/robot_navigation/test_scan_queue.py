# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from robot_navigation.scan import Scan
from robot_navigation.scan_queue import ScanQueue
from ronda_core.se2 import SE2


def scan(stamp):
    return Scan(stamp, np.zeros((0, 2)), np.zeros((0, 2)), (0.0, 0.0), True)


@pytest.fixture
def queue():
    queue = ScanQueue()
    queue.odometry.add(1.0, SE2(0.0, 0.0, 0.0))
    return queue


def test_a_scan_waits_for_the_odometry_and_is_handed_out_once_with_the_pose_of_its_time(queue):
    queue.put(scan(1.5))
    assert queue.take() is None
    queue.odometry.add(2.0, SE2(1.0, 0.0, 0.0))
    taken, pose = queue.take()
    assert (taken.stamp, pose.x) == (1.5, pytest.approx(0.5))
    assert queue.take() is None


def test_a_newer_scan_replaces_the_one_that_waits(queue):
    queue.put(scan(1.2))
    queue.put(scan(1.4))
    queue.odometry.add(2.0, SE2(1.0, 0.0, 0.0))
    assert queue.take()[0].stamp == 1.4
    assert queue.take() is None


def test_a_scan_from_before_all_odometry_is_dropped(queue):
    queue.put(scan(0.5))
    assert queue.take() is None
    queue.put(scan(1.0))
    assert queue.take()[0].stamp == 1.0
