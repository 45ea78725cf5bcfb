# SPDX-License-Identifier: Apache-2.0
"""The geometry of the zones: distances, arcs, stopping."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from robot_base.errors import BaseConfigError
from robot_base.safety_zones import (
    Footprint,
    ZoneLimits,
    allowed_share,
    free_way,
    speed_for,
    stopping_distance,
)
from robot_base.velocity import Velocity

BODY, LIMITS = Footprint(front=0.3, rear=0.2, half_width=0.2), ZoneLimits()


def way(x: float, y: float, velocity: Velocity, horizon: float = 2.0) -> float:
    """Free metres in front of one point."""
    return free_way(np.array([[x, y]]), velocity, BODY, LIMITS, horizon).seconds * abs(velocity.linear)


@pytest.mark.parametrize(
    ("x", "y", "distance"),
    [(0.5, 0, 0.2), (-0.5, 0, 0.3), (0, 0.5, 0.3), (0.6, 0.6, 0.5), (0, 0, -0.2), (0.29, 0, -0.01)],
)
def test_the_distance_from_the_body_is_signed(x: float, y: float, distance: float) -> None:
    assert BODY.distance(np.array([x]), np.array([y]))[0] == pytest.approx(distance)


def test_straight_ahead_the_way_ends_at_the_margin() -> None:
    assert way(1.3, 0.0, Velocity(0.5)) == pytest.approx(1.0 - LIMITS.stop_margin, abs=0.01)
    assert way(-1.2, 0.0, Velocity(-0.5)) == pytest.approx(1.0 - LIMITS.stop_margin, abs=0.01)


def test_what_lies_beside_or_behind_does_not_block() -> None:
    assert math.isinf(way(1.3, 0.4, Velocity(0.5)))
    assert math.isinf(way(-0.25, 0.0, Velocity(0.5)))


def test_an_arc_bends_around_a_point_and_into_another() -> None:
    left = Velocity(0.5, 0.5)  # radius 1 m about (0, 1)
    assert math.isinf(way(1.6, -0.3, left))
    assert way(1.0, 1.0, left) < 1.8


def test_turning_on_the_spot_is_blocked_by_what_the_corners_would_strike() -> None:
    turn = Velocity(0.0, 1.0)
    beside = np.array([[0.0, 0.30]])  # nearer than the corners are from the axle
    assert free_way(beside, turn, BODY, LIMITS, 1.0).seconds < math.pi
    assert math.isinf(free_way(np.array([[0.0, 0.45]]), turn, BODY, LIMITS, 1.0).seconds)


@given(speed=st.floats(0.0, 3.0), reaction=st.floats(0.0, 1.0), braking=st.floats(0.2, 5.0))
def test_the_speed_for_a_stopping_distance_is_that_speed(speed: float, reaction: float, braking: float) -> None:
    assert speed_for(stopping_distance(speed, reaction, braking), reaction, braking) == pytest.approx(speed, abs=1e-6)


points = st.lists(st.tuples(st.floats(-2, 2), st.floats(-2, 2)), min_size=1, max_size=20).map(np.array)


@example(cloud=np.array([[0.0, 0.2012]]), v=0.125, w=1.0)
@given(cloud=points, v=st.floats(-0.8, 0.8), w=st.floats(-2, 2))
def test_at_the_allowed_speed_the_robot_stops_without_touching_anything_new(
    cloud: np.ndarray, v: float, w: float
) -> None:
    if abs(v) < 0.05:
        return
    velocity = Velocity(v, w)
    share = allowed_share(velocity, free_way(cloud, velocity, BODY, LIMITS, 1.5), LIMITS)
    before = BODY.distance(cloud[:, 0], cloud[:, 1])
    # Drive on for the reaction time and then brake, along the same arc.
    speed = abs(v) * share
    way_to_stop = stopping_distance(speed, LIMITS.reaction, LIMITS.braking)
    for s in np.linspace(0, way_to_stop, 40):
        yaw = w * s / abs(v)
        x, y = (v / w * math.sin(yaw), v / w * (1 - math.cos(yaw))) if abs(w) > 1e-6 else (v * s / abs(v), 0.0)
        dx, dy = cloud[:, 0] - x, cloud[:, 1] - y
        after = BODY.distance(math.cos(yaw) * dx + math.sin(yaw) * dy, math.cos(yaw) * dy - math.sin(yaw) * dx)
        struck = (before > 0) & (after < 0)
        assert not struck.any()


@pytest.mark.parametrize("side", [0.0, -0.1, math.nan, math.inf])
def test_a_footprint_that_is_none_is_refused(side: float) -> None:
    with pytest.raises(BaseConfigError, match="footprint"):
        Footprint(front=side)
