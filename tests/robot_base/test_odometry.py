# SPDX-License-Identifier: Apache-2.0
"""Dead reckoning: exact arcs, counters that wrap, slipping wheels."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_base.errors import BaseConfigError
from robot_base.kinematics import DifferentialDrive
from robot_base.odometry import Odometry, SlipDetector, ticks_between
from robot_base.velocity import Velocity

DRIVE = DifferentialDrive(0.09, 0.36)
TICKS = 3537.0


def wrap(ticks: float) -> int:
    return (round(ticks) + 0x80000000) % 0x100000000 - 0x80000000


@given(before=st.integers(-(2**31), 2**31 - 1), moved=st.integers(-100_000, 100_000))
def test_the_counter_may_wrap(before: int, moved: int) -> None:
    assert ticks_between(before, wrap(before + moved)) == moved


@given(start=st.integers(-(2**31), 2**31 - 1), v=st.floats(-0.5, 0.5), w=st.floats(-1, 1))
def test_a_circle_driven_in_steps_ends_where_geometry_says(start: int, v: float, w: float) -> None:
    odometry = Odometry(DRIVE)
    for step in range(101):
        t = step * 0.05
        left, right = ((v - w * 0.18) * t, (v + w * 0.18) * t)
        odometry.update(wrap(start + left * TICKS), wrap(start + right * TICKS), TICKS, t)
    yaw = w * 5.0
    x, y = (v / w * math.sin(yaw), v / w * (1 - math.cos(yaw))) if abs(w) > 1e-3 else (v * 5.0, v * 5.0 * yaw / 2)
    assert odometry.pose.x == pytest.approx(x, abs=0.01)
    assert odometry.pose.y == pytest.approx(y, abs=0.01)
    assert math.remainder(odometry.pose.yaw - yaw, math.tau) == pytest.approx(0, abs=0.01)


def test_a_reset_counter_moves_nothing() -> None:
    odometry = Odometry(DRIVE)
    odometry.update(1_000_000, 1_000_000, TICKS, 0.0)
    odometry.update(0, 0, TICKS, 0.02)
    assert odometry.pose.x == 0.0
    assert odometry.twist == Velocity()


def test_uncertainty_grows_and_grows_faster_when_slipping() -> None:
    plain, slipping = Odometry(DRIVE), Odometry(DRIVE)
    for step in range(100):
        ticks = round(step * 0.01 * TICKS)
        plain.update(ticks, ticks, TICKS, step * 0.02)
        slipping.update(ticks, ticks, TICKS, step * 0.02, slipping=True)
    assert all(a >= 0 for a in plain.variance)
    assert slipping.variance[2] > 10 * plain.variance[2]


def test_slip_is_a_lasting_difference_of_the_yaw_rates() -> None:
    detector = SlipDetector()
    assert not detector.update(1.0, 0.9, 0.0)
    assert not detector.update(1.0, 0.0, 1.0)
    assert detector.update(1.0, 0.0, 1.4)
    assert not detector.update(1.0, 1.0, 1.5)
    assert not detector.update(1.0, math.nan, 1.6)


@given(v=st.floats(-5, 5), w=st.floats(-10, 10))
def test_wheel_speeds_are_bounded_and_keep_the_arc(v: float, w: float) -> None:
    left, right = DRIVE.wheel_speeds(Velocity(v, w))
    assert max(abs(left), abs(right)) <= DRIVE.max_wheel_speed + 1e-9
    back = DRIVE.velocity(left, right)
    assert back.linear * w == pytest.approx(back.angular * v, abs=1e-6)


def test_what_is_not_a_number_stands_still() -> None:
    assert DRIVE.wheel_speeds(Velocity(math.nan, 0.0)) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("radius", "separation", "what"), [(0.0, 0.36, "radius"), (0.09, math.nan, "separation"), (0.36, 0.09, "swapped")]
)
def test_impossible_geometry_is_refused(radius: float, separation: float, what: str) -> None:
    with pytest.raises(BaseConfigError) as caught:
        DifferentialDrive(radius, separation)
    assert what in f"{caught.value} {caught.value.hint}"
