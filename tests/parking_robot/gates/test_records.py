# SPDX-License-Identifier: Apache-2.0
"""Records that fit nothing: they are kept, and a person looks at them."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.parking_robot.gates.garages import site

from parking_robot.gates import records
from parking_robot.gates.decision import Decision, Direction, Passage, Verdict
from parking_robot.gates.records import RecordKind, apply_record
from parking_robot.reasons import Reason
from parking_robot.stays import gate_log
from parking_robot.stays.reviews import list_reviews
from parking_robot.stays.stay import EventKind

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
OPENED = Decision(Verdict.OPEN, Reason.LEDGER_AWAY, "opened by policy")


@pytest.fixture
def garage(tmp_path):
    return site(tmp_path)


def left(plate, name="p1", decision=OPENED, at=NOW):
    passage = Passage(name, "gate_out", Direction.EXIT, at, plate, 0.9)
    return records.ended(RecordKind.PASSED, passage, decision, at, "1 car(s) went through")


def reasons(ledger):
    return {case.kind: case.facts["reasons"] for case in list_reviews(ledger)}


def test_a_record_that_is_applied_again_changes_nothing(ledger, garage):
    stay = ledger.enter("AB123", "in", NOW - timedelta(hours=1))
    for _ in range(3):
        apply_record(ledger, garage, left("AB123"))
    assert [event.kind for event in ledger.events(stay.id)].count(EventKind.EXITED) == 1
    assert len(gate_log.newest(ledger)) == 1
    assert list(reasons(ledger)) == ["unpaid_exit"]


def test_two_exits_for_one_entry_are_both_on_record_and_the_second_is_reviewed(ledger, garage):
    stay = ledger.enter("AB123", "in", NOW - timedelta(hours=1))
    picked = Decision(Verdict.OPEN, Reason.PAID, "paid", stay.id)
    apply_record(ledger, garage, left("AB123", "p1", picked))
    apply_record(ledger, garage, left("AB123", "p2", picked, NOW + timedelta(minutes=5)))
    assert len(gate_log.newest(ledger)) == 2
    assert "has ended already" in reasons(ledger)["does_not_fit"][-1]
    assert ledger.stay(stay.id).left == NOW


def test_a_car_that_left_unknown_is_reviewed(ledger, garage):
    apply_record(ledger, garage, left("AB123"))
    assert "its stay is not known" in reasons(ledger)["does_not_fit"][-1]


def test_an_exit_whose_clock_is_behind_ends_the_stay_where_it_began(ledger, garage):
    stay = ledger.enter("AB123", "in", NOW)
    picked = Decision(Verdict.OPEN, Reason.PERSON, "Mara: clock", stay.id)
    apply_record(ledger, garage, left("AB123", "p1", picked, NOW - timedelta(hours=1)))
    assert ledger.stay(stay.id).left == NOW
