# SPDX-License-Identifier: Apache-2.0
from concurrent.futures import ThreadPoolExecutor

import pytest

from parking_robot.payments.tries import Tries
from ronda_core.clock import ManualClock


@pytest.fixture
def clock():
    return ManualClock(0.0)


@pytest.fixture
def tries(clock):
    return Tries(clock, 3, 600.0)


def test_after_a_few_different_tries_there_is_a_wait_and_then_another_try(tries, clock):
    for number in range(3):
        assert tries.spend(["a"], f"plate{number}") == 0
        clock.advance(60)
    assert tries.spend(["a"], "plate3") == 420
    # Nothing was counted, so asking on does not make it longer.
    clock.advance(419)
    assert tries.spend(["a"], "plate4") == 1
    clock.advance(1)
    assert tries.spend(["a"], "plate5") == 0
    assert tries.spend(["a"], "plate6") == 60


def test_the_same_thing_again_is_the_same_try_and_others_have_their_own(tries):
    for _ in range(9):
        assert tries.spend(["a"], "plate") == 0
    for number in range(2):
        tries.spend(["a"], f"plate{number}")
    assert tries.spend(["a"], "more") > 0
    assert tries.spend(["b"], "more") == 0


def test_one_name_without_tries_is_enough_and_then_none_is_counted(tries):
    for number in range(3):
        tries.spend(["stay"], f"code{number}")
    assert tries.spend(["stay", "phone"], "other") > 0
    assert [tries.spend(["phone"], f"code{number}") for number in range(3)] == [0, 0, 0]


def test_a_try_that_was_right_is_given_back(tries):
    for number in range(9):
        assert tries.spend(["a"], f"code{number}") == 0
        tries.give_back(["a"], f"code{number}")


def test_tries_at_once_are_no_way_around(tries):
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda number: tries.spend(["a"], f"code{number}"), range(80)))
    assert sum(wait == 0 for wait in waits) == 3


def test_who_tried_long_ago_is_forgotten(tries, clock):
    for number in range(100):
        tries.spend([f"address{number}"], "plate")
    clock.advance(601)
    tries.spend(["now"], "plate")
    assert list(tries._tries) == ["now"]
