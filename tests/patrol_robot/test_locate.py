# SPDX-License-Identifier: Apache-2.0
import math

import pytest

from patrol_robot.incidents import Place
from patrol_robot.locate import Locator
from ronda_core.transforms import TransformBuffer

OPTICAL = (-0.5, 0.5, -0.5, 0.5)
"""x right, y down, z forward (REP 103) in a frame with x forward and z up."""


def locator(map_until: float = 10.0) -> Locator:
    """A robot that drives along x at 1 m/s, 5 m to the left of the map's origin, camera 1.2 m up."""
    buffer = TransformBuffer(seconds=60.0)
    for tenth in range(101):
        buffer.set("odom", "base_footprint", tenth / 10, (tenth / 10, 0.0, 0.0), (0, 0, 0, 1))
    for second in range(round(map_until) + 1):
        buffer.set("map", "odom", float(second), (0.0, 5.0, 0.0), (0, 0, 0, 1))
    buffer.set("base_footprint", "camera_optical_frame", 0.0, (0.1, 0.0, 1.2), OPTICAL, static=True)
    return Locator(buffer)


def test_a_point_ahead_of_the_camera_is_ahead_of_the_robot() -> None:
    place = locator().place("camera_optical_frame", 4.0, (0.5, -0.3, 2.0))
    assert place.person == pytest.approx((6.1, 4.5, 1.5))
    assert place.robot == pytest.approx((4.0, 5.0, 0.0))
    assert place.frame == "map"


def test_a_late_map_correction_does_not_lose_the_robots_own_motion() -> None:
    place = locator(map_until=2.0).place("camera_optical_frame", 4.0, (0.0, 0.0, 2.0))
    assert place.person == pytest.approx((6.1, 5.0, 1.2))


def test_an_unknown_distance_and_unknown_frames_are_said_honestly() -> None:
    assert locator().place("camera_optical_frame", 4.0, None).person is None
    assert locator().place("camera_optical_frame", 4.0, (math.nan, 0, 1)).person is None
    assert locator().place("thermal_camera", 4.0, (0, 0, 1)).person is None
    assert Locator(TransformBuffer()).place("camera_optical_frame", 4.0, (0, 0, 1)) == Place(None, None)
