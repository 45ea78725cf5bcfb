# SPDX-License-Identifier: Apache-2.0
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ronda_core.se2 import SE2, normalise_angle, quaternion_to_yaw, yaw_to_quaternion

metres = st.floats(-100, 100)
angles = st.floats(-20, 20)
poses = st.builds(SE2, metres, metres, angles)


def close(a: SE2, b: SE2) -> bool:
    return (a.x, a.y) == pytest.approx((b.x, b.y), abs=1e-6) and abs(normalise_angle(a.yaw - b.yaw)) < 1e-9


@given(poses)
def test_a_pose_and_its_inverse_cancel(pose):
    assert close(pose.compose(pose.inverse()), SE2())


@given(poses, poses, poses)
def test_composition_is_associative(a, b, c):
    assert close(a.compose(b).compose(c), a.compose(b.compose(c)))


@given(poses, poses)
def test_between_undoes_compose(a, b):
    assert close(a.compose(a.between(b)), b)


@given(poses, metres, metres)
def test_apply_agrees_with_compose(pose, x, y):
    moved = pose.compose(SE2(x, y, 0.0))
    assert pose.apply(x, y) == pytest.approx((moved.x, moved.y))


@given(angles)
def test_quaternion_and_yaw_are_each_other_s_inverse(yaw):
    assert abs(normalise_angle(quaternion_to_yaw(*yaw_to_quaternion(yaw)) - yaw)) < 1e-9


def test_quarter_turn_left_of_one_metre_ahead_is_one_metre_left():
    assert close(SE2(0, 0, math.pi / 2).compose(SE2(1, 0, 0)), SE2(0, 1, math.pi / 2))


@pytest.mark.parametrize(
    ("angle", "wanted"), [(math.pi, math.pi), (-math.pi, math.pi), (3 * math.pi, math.pi), (7, 7 - math.tau)]
)
def test_normalise_angle(angle, wanted):
    assert normalise_angle(angle) == pytest.approx(wanted)
