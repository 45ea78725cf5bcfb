# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest

from parking_robot.gates.dates import SteadyDate
from ronda_core.clock import ManualClock


@pytest.mark.parametrize("jump", [3600.0, -3600.0])
def test_a_jump_is_reported_and_believed_only_when_it_stays(jump):
    clock = ManualClock(1.8e9)
    date = SteadyDate(clock)
    before = date.now()
    clock.jump(jump)
    clock.advance(10)
    assert date.now() - before == timedelta(seconds=10)
    assert f"{jump:+.0f} s" in date.problem
    clock.advance(301)
    date.now()
    assert (date.now() - before, date.problem) == (timedelta(seconds=311 + jump), "")


def test_a_small_correction_is_followed_and_a_jump_back_forgotten():
    clock = ManualClock(1.8e9)
    date = SteadyDate(clock)
    before = date.now()
    clock.jump(2.0)
    assert date.now() - before == timedelta(seconds=2)
    clock.jump(500.0)
    date.now()
    clock.jump(-500.0)
    assert (date.now() - before, date.problem) == (timedelta(seconds=2), "")
