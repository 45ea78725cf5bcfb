# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parking_robot.money.pauses import NO_PAUSES, pauses_of

T = datetime(2026, 3, 2, 9, tzinfo=UTC)
SPANS = st.tuples(st.integers(0, 500), st.integers(0, 200)).map(lambda pair: (at(pair[0]), at(sum(pair))))


def at(seconds):
    return T + timedelta(seconds=seconds)


def test_overlapping_and_touching_periods_are_one_and_begun_seconds_count_in_full():
    made = pauses_of([(at(20), at(30)), (at(50.4), at(60.2)), (at(25), at(40)), (at(40), at(41)), (at(9), at(9))])
    assert made.periods == ((at(20), at(41)), (at(50), at(61)))


def test_a_period_that_ends_before_it_begins_is_none():
    assert pauses_of([(at(9), at(2))]) == NO_PAUSES


@pytest.mark.parametrize(
    ("start", "end", "counted"), [(0, 10, 10), (0, 25, 20), (22, 28, 0), (25, 35, 5), (0, 70, 50), (31, 49, 18)]
)
def test_what_lies_in_a_pause_does_not_count(start, end, counted):
    made = pauses_of([(at(20), at(30)), (at(50), at(60))])
    assert made.counted(at(start), at(end)) == timedelta(seconds=counted)


@settings(max_examples=200, deadline=None)
@given(st.lists(SPANS, max_size=4), st.integers(0, 600), st.integers(0, 400))
def test_after_is_the_first_moment_at_which_so_much_has_counted(periods, start, duration):
    made, wanted = pauses_of(periods), timedelta(seconds=duration)
    moment = made.after(at(start), wanted)
    assert made.counted(at(start), moment) == wanted
    if duration:
        assert made.counted(at(start), moment - timedelta(seconds=1)) < wanted
