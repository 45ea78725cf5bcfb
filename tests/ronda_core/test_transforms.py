# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest

from ronda_core.errors import TransformError
from ronda_core.se2 import yaw_to_quaternion
from ronda_core.transforms import TransformBuffer

STILL = (0.0, 0.0, 0.0, 1.0)


@pytest.fixture
def buffer() -> TransformBuffer:
    buffer = TransformBuffer(seconds=10.0, extrapolation=0.2)
    buffer.set("map", "odom", 0.0, (1.0, 0.0, 0.0), STILL)
    buffer.set("map", "odom", 5.0, (1.0, 0.0, 0.0), STILL)
    for stamp in (0.0, 1.0, 2.0):
        buffer.set("odom", "base_link", stamp, (stamp, 0.0, 0.0), yaw_to_quaternion(stamp * math.pi / 2))
    buffer.set("base_link", "camera", 0.0, (0.0, 0.0, 1.35), STILL, static=True)
    return buffer


def point(matrix, *xyz):
    return (matrix @ [*xyz, 1.0])[:3]


def test_a_point_of_the_camera_on_the_map(buffer):
    matrix = buffer.lookup("map", "camera", 1.0)
    assert point(matrix, 1.0, 0.0, 0.0) == pytest.approx((2.0, 1.0, 1.35))


def test_the_way_back_is_the_inverse(buffer):
    there, back = buffer.lookup("map", "camera", 1.0), buffer.lookup("camera", "map", 1.0)
    assert np.allclose(there @ back, np.eye(4))


def test_between_two_stamps_position_and_rotation_are_interpolated(buffer):
    matrix = buffer.lookup("odom", "base_link", 0.5)
    assert point(matrix, 0, 0, 0) == pytest.approx((0.5, 0.0, 0.0))
    assert math.atan2(matrix[1, 0], matrix[0, 0]) == pytest.approx(math.pi / 4)


def test_the_newest_without_a_stamp(buffer):
    assert point(buffer.lookup("odom", "base_link"), 0, 0, 0) == pytest.approx((2.0, 0.0, 0.0))


def test_a_little_beyond_the_newest_is_answered_and_much_beyond_is_not(buffer):
    assert point(buffer.lookup("odom", "base_link", 2.1), 0, 0, 0) == pytest.approx((2.0, 0.0, 0.0))
    with pytest.raises(TransformError, match=r"known until 2\.000 s, asked for 2\.500 s"):
        buffer.lookup("odom", "base_link", 2.5)


def test_before_the_oldest_is_refused(buffer):
    with pytest.raises(TransformError, match="known from"):
        buffer.lookup("odom", "base_link", -1.0)


def test_old_transforms_are_forgotten(buffer):
    buffer.set("odom", "base_link", 12.5, (9.0, 0.0, 0.0), STILL)
    with pytest.raises(TransformError):
        buffer.lookup("odom", "base_link", 1.0)


def test_time_that_goes_back_starts_anew(buffer):
    buffer.set("odom", "base_link", 100.0, (9.0, 0.0, 0.0), STILL)
    buffer.set("odom", "base_link", 0.5, (7.0, 0.0, 0.0), STILL)
    assert point(buffer.lookup("odom", "base_link"), 0, 0, 0) == pytest.approx((7.0, 0.0, 0.0))


def test_unconnected_frames_are_named(buffer):
    buffer.set("other", "thing", 0.0, (0, 0, 0), STILL)
    with pytest.raises(TransformError, match="'map' and 'thing' are not connected") as caught:
        buffer.lookup("map", "thing")
    assert "base_link" in caught.value.hint


@pytest.mark.parametrize("quaternion", [(0, 0, 0, 0), (0, 0, 0, 2), (math.nan, 0, 0, 1)])
def test_a_rotation_that_is_none_is_refused(buffer, quaternion):
    with pytest.raises(TransformError):
        buffer.set("a", "b", 0.0, (0, 0, 0), quaternion)


def test_a_circle_of_frames_is_noticed(buffer):
    buffer.set("base_link", "map", 0.0, (0, 0, 0), STILL)
    with pytest.raises(TransformError, match="circle"):
        buffer.lookup("map", "camera")
