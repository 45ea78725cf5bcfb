# SPDX-License-Identifier: Apache-2.0
import pytest

from ronda_core.clock import ManualClock, SystemClock


def test_a_manual_clock_moves_when_told():
    clock = ManualClock(100.0)
    clock.advance(2.5)
    assert (clock.now(), clock.monotonic()) == (102.5, 2.5)


def test_a_jump_changes_the_date_and_no_age():
    clock = ManualClock(100.0)
    clock.jump(-3600)
    assert (clock.now(), clock.monotonic()) == (-3500.0, 0.0)


def test_time_does_not_run_backwards():
    with pytest.raises(ValueError, match="forwards"):
        ManualClock().advance(-1)


def test_the_system_clock_is_a_date_and_an_age():
    clock = SystemClock()
    assert clock.now() > 1.7e9
    assert clock.monotonic() <= clock.monotonic()
