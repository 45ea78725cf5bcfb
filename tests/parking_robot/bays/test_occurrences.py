# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest
from tests.parking_robot.bays.garage import NOW

from parking_robot.bays.findings import Finding, FindingKind
from parking_robot.bays.occurrences import FORGOTTEN_S, GONE_S, Occurrences

BLOCKED = Finding(FindingKind.BLOCKED_LANE, "LANE", "", "", "something stands in LANE")


@pytest.fixture
def look():
    """Looks at a second: is something there, is the lane empty? Returns when what is there began, in seconds."""
    occurrences = Occurrences()

    def at(second, found=True, empty=False):
        now = NOW + timedelta(seconds=second)
        dated = occurrences.date(1000.0 + second, now, [BLOCKED] if found else [], {"LANE"} if empty else set())
        return [(finding.began - NOW).total_seconds() for finding in dated]

    return at


def test_a_finding_keeps_its_beginning_while_it_lasts(look):
    assert (look(0), look(1), look(7200)) == ([0], [0], [0])


def test_a_lane_that_was_seen_empty_is_blocked_anew(look):
    look(0)
    for second in (1, 2, 1 + GONE_S):
        assert look(second, found=False, empty=True) == []
    assert look(100) == [100]


@pytest.mark.parametrize("gaps", [(1, GONE_S), (1,), ()])
def test_who_makes_room_for_a_moment_does_not_begin_anew(look, gaps):
    look(0)
    for second in gaps:
        look(second, found=False, empty=True)
    assert look(GONE_S + 1) == [0]
    look(GONE_S + 2, found=False, empty=True)
    assert look(GONE_S + 5) == [0], "two short gaps do not add up"


def test_what_nobody_looks_at_is_not_over_for_a_day(look):
    look(0)
    look(3600, found=False)
    assert look(FORGOTTEN_S - 1) == [0]
    assert look(2 * FORGOTTEN_S) == [2 * FORGOTTEN_S], "nor asked about meanwhile"
    look(2 * FORGOTTEN_S + 1, found=False)
    look(3 * FORGOTTEN_S + 1, found=False)
    assert look(3 * FORGOTTEN_S + 2) == [3 * FORGOTTEN_S + 2]


def test_an_empty_look_amid_no_looks_is_not_enough(look):
    look(0)
    look(10, found=False, empty=True)
    look(20, found=False)
    look(100, found=False, empty=True)
    assert look(110) == [0]


def test_each_beginning_has_its_own_key():
    later = Finding(FindingKind.BLOCKED_LANE, "LANE", "", "", "", NOW + timedelta(seconds=1))
    first = Finding(FindingKind.BLOCKED_LANE, "LANE", "", "", "", NOW)
    assert (first.subject, BLOCKED.key) == (later.subject, first.subject) and first.key != later.key
    longest = Finding(FindingKind.BLOCKED_LANE, "B" * 32, "A" * 12, "f" * 32, "", NOW)
    assert len(longest.key) <= 96, "the ledger's keys are no longer"
