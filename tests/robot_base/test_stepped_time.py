# SPDX-License-Identifier: Apache-2.0
import pytest

from robot_base.stepped_time import LIFE_SIGN, SILENCE, SteppedTime


@pytest.mark.parametrize("speed", [0.4, 1.0, 5.0])
def test_the_device_lives_as_long_as_the_simulation_at_any_speed(speed: float) -> None:
    time, told = SteppedTime(), 0
    time.follow(7.0, 0.0)
    for tick in range(1, 1001):
        told += time.follow(7.0 + tick / 30, tick / 30 / speed)
    assert told == round(1000 / 30 * 1000)


def test_without_simulated_time_it_goes_on_slowly_and_gives_that_back() -> None:
    time = SteppedTime()
    time.follow(0.0, 0.0)
    assert time.follow(0.04, 0.04) == 40
    assert time.idle(0.04 + SILENCE / 2) == 0
    assert time.idle(0.05 + SILENCE) == LIFE_SIGN
    assert time.idle(0.06 + SILENCE) == 0  # it has just been stepped
    assert time.follow(0.08, 0.5) == 40 - LIFE_SIGN
    assert time.idle(0.61) + time.idle(0.72) == 2 * LIFE_SIGN
    assert time.follow(0.10, 0.73) == 0  # still ahead


def test_a_simulation_that_begins_anew_or_jumps_moves_the_device_by_nothing() -> None:
    time = SteppedTime()
    time.follow(100.0, 0.0)
    assert time.follow(100.04, 0.04) == 40
    assert time.follow(0.0, 0.1) == 0
    assert time.follow(0.04, 0.14) == 40
    assert time.follow(1e6, 0.2) == 0
    assert time.follow(1e6 + 0.02, 0.22) == 20
