# SPDX-License-Identifier: Apache-2.0
"""Records that fit nothing: they are kept, and a person looks at them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.parking_robot.gates.garages import site

from parking_robot.gates import records
from parking_robot.gates.decision import Decision, Direction, Passage, Verdict
from parking_robot.gates.keeper import decide, without_ledger
from parking_robot.gates.records import RecordKind, apply_record
from parking_robot.money.money import Money
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


TENANT = {"permit": [{"plates": ["BRO2001"], "reason": "tenant"}]}


def test_a_permit_found_at_the_exit_is_recorded_and_nothing_is_owed(tmp_path, ledger):
    garage = site(tmp_path, TENANT)
    stay = ledger.enter("BRO2O01", "in", NOW - timedelta(hours=2))
    passage = Passage("p1", "gate_out", Direction.EXIT, NOW, "BRO2001", 0.9)
    decision = decide(ledger, garage, passage)
    apply_record(ledger, garage, records.decided(passage, decision, 1, "gate_out"))
    granted = next(event for event in ledger.events(stay.id) if event.kind is EventKind.CONCESSION)
    assert (granted.facts["right"], granted.facts["plate"]) == ("permit: tenant", "BRO2001")
    apply_record(ledger, garage, left("BRO2001", decision=decision))
    assert ledger.events(stay.id)[-1].facts["unpaid_minor"] == 0
    assert list_reviews(ledger) == []


def test_a_permit_counts_for_a_car_that_was_let_out_while_nobody_could_be_asked(tmp_path, ledger):
    garage = site(tmp_path, TENANT)
    stay = ledger.enter("BRO2O01", "in", NOW - timedelta(hours=2))
    apply_record(ledger, garage, left("BRO2001"))
    assert ledger.stay(stay.id).free
    assert list_reviews(ledger) == []


def test_entry_demand_and_exit_say_by_which_prices(ledger, garage):
    came = Passage("p0", "gate_in", Direction.ENTRY, NOW - timedelta(hours=1), "AB123", 0.9)
    entered = decide(ledger, garage, came)
    apply_record(ledger, garage, records.decided(came, entered, 1, "gate_in"))
    assert ledger.stay(entered.stay_id).tariff_hash == garage.tariff.digest
    leaves = Passage("p1", "gate_out", Direction.EXIT, NOW, "AB123", 0.9)
    apply_record(ledger, garage, records.decided(leaves, decide(ledger, garage, leaves), 1, "gate_out"))
    asked = ledger.events(entered.stay_id)[-1].facts
    assert (asked["due_minor"], asked["tariff_version"], asked["tariff_hash"]) == (240, "a", garage.tariff.digest)
    apply_record(ledger, garage, left("AB123"))
    stay = ledger.stay(entered.stay_id)
    assert (stay.billed, stay.unpaid) == (Money(240, "EUR"), Money(240, "EUR"))
    assert ledger.events(stay.id)[-1].facts["tariff_versions"] == ["a"]


def tailgated(ledger, garage, first, second, stay_id=""):
    passage = Passage("p1", "gate_out", Direction.EXIT, NOW, first, 0.9)
    facts = {"second_plate": second, "review": "tailgating", "code": "tailgating", "text": "a second car"}
    record = records.happened(RecordKind.TAILGATING, "gate_out", NOW, "p1:tailgating", passage, stay_id, **facts)
    apply_record(ledger, garage, record)
    return {case.kind: case for case in list_reviews(ledger)}


@pytest.mark.parametrize("second", ["ZZ8876", "2ZB876"])
def test_an_exit_tailgater_ends_its_stay_and_owes_what_it_owes(ledger, garage, second):
    first, other = (ledger.enter(plate, "in", NOW - timedelta(hours=1)) for plate in ("AB123", "ZZ8876"))
    cases = tailgated(ledger, garage, "AB123", second, first.id)
    assert cases["tailgating"].facts["second_plate"] == second
    assert cases["tailgating"].facts["reasons"][-1] == f"the second car's plate: {second}"
    assert cases["unpaid_exit"].stay_id == other.id
    assert ledger.stay(other.id).unpaid == Money(240, "EUR")
    assert [row[0] for row in ledger.inside()] == [first.id]


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("AB123", "ZZ8B77", "no car inside is surely"), ("AB123", "", "could not be read"),
        ("Z28876", "ZZ8876", "once more"),
    ],
)  # fmt: skip
def test_an_exit_tailgater_who_is_not_surely_known_is_left_to_a_person(ledger, garage, first, second, told):
    ledger.enter("ZZ8876", "in", NOW - timedelta(hours=1))
    cases = tailgated(ledger, garage, first, second)
    assert list(cases) == ["tailgating"]
    assert any(told in reason for reason in cases["tailgating"].facts["reasons"])
    assert ledger.count_inside() == 1


def test_the_class_of_the_lists_is_the_stays(tmp_path, ledger):
    garage = site(tmp_path, {"reservation": [{"plates": ["AB123"], "class": "ev"}]})
    came = Passage("p0", "gate_in", Direction.ENTRY, NOW, "AB123", 0.9)
    for passage, decision in (
        (came, decide(ledger, garage, came)),
        (replace(came, id="p1"), without_ledger(garage, came)),
    ):
        apply_record(ledger, garage, records.decided(passage, decision, 1, "gate_in"))
        assert ledger.stay(decision.stay_id).vehicle_class == "ev"
