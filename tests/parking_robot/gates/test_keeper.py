# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta

import pytest
from tests.parking_robot.gates.garages import site
from tests.parking_robot.money.tariffs import content

from parking_robot.gates.decision import Direction, Passage, Verdict
from parking_robot.gates.keeper import RISK_HOLD, decide
from parking_robot.reasons import Reason
from parking_robot.stays.reviews import open_review
from parking_robot.stays.stay import EventKind, StayEvent

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def leaving(plate, at=NOW, **more):
    return Passage("p", "gate_out", Direction.EXIT, at, plate, 0.9, **more)


def coming(plate, at=NOW):
    return Passage("p", "gate_in", Direction.ENTRY, at, plate, 0.9)


@pytest.mark.parametrize("behind", [timedelta(seconds=30), timedelta(hours=1)])
def test_an_exit_before_the_entry_is_a_clock_and_a_person_is_asked(tmp_path, ledger, behind):
    ledger.enter("AB123", "in", NOW)
    decision = decide(ledger, site(tmp_path), leaving("AB123", NOW - behind))
    assert (decision.verdict, decision.code, decision.review) == (Verdict.ASK, Reason.CLOCK, "clock")


def test_a_held_payment_asks_a_person_at_the_exit(tmp_path, ledger):
    stay = ledger.enter("AB123", "in", NOW - timedelta(hours=1))
    open_review(ledger, RISK_HOLD, NOW, "k", stay.id, ["replayed code"])
    decision = decide(ledger, site(tmp_path), leaving("AB123"))
    assert (decision.verdict, decision.code) == (Verdict.ASK, Reason.PAYMENT_HELD)


def test_who_has_paid_is_not_held_for_another_payment_that_is_in_doubt(tmp_path, ledger):
    stay = ledger.enter("AB123", "in", NOW - timedelta(hours=1))
    open_review(ledger, RISK_HOLD, NOW, "k", stay.id, ["a stranger pressed pay"])
    ledger.append(stay.id, StayEvent(EventKind.PAID, NOW, {"minor": 360, "currency": "EUR"}))
    assert decide(ledger, site(tmp_path), leaving("AB123")).code is Reason.PAID


def test_a_stay_that_a_person_mistyped_is_asked_about_and_is_no_outage(tmp_path, ledger):
    garage = site(tmp_path, outage={"exit": "open"})
    decision = decide(ledger, garage, leaving("AB123", stay_id="0f3c", by="Mara"))
    assert (decision.verdict, decision.code, decision.review) == (Verdict.ASK, Reason.NO_STAY, "does_not_fit")
    assert "0f3c" in decision.text


def test_unread_cars_inside_do_not_keep_a_confirmed_plate_from_the_price_of_a_lost_ticket(tmp_path, ledger):
    ledger.enter("", "in", NOW - timedelta(hours=8))
    assert decide(ledger, site(tmp_path), leaving("NEW1234")).code is Reason.AMBIGUOUS
    decision = decide(ledger, site(tmp_path), leaving("NEW1234", by="Mara"))
    assert (decision.verdict, decision.lost, decision.due.minor) == (Verdict.HOLD, True, 3000)
    ledger.enter("NEW1243", "in", NOW - timedelta(hours=1))
    assert decide(ledger, site(tmp_path), leaving("NEW1234", by="Mara")).code is Reason.AMBIGUOUS


def test_a_time_without_a_tariff_asks_a_person(tmp_path, ledger):
    garage = site(tmp_path, tariff=content(valid_until="2026-01-01T00:00"))
    ledger.enter("AB123", "in", NOW - timedelta(hours=1))
    for passage in (leaving("AB123"), coming("ZZ9")):
        decision = decide(ledger, garage, passage)
        assert (decision.verdict, decision.code) == (Verdict.ASK, Reason.NO_TARIFF)


def test_a_stay_that_a_person_picked_and_that_has_ended_is_asked_about(tmp_path, ledger):
    stay = ledger.enter("AB123", "in", NOW - timedelta(hours=1))
    ledger.append(stay.id, StayEvent(EventKind.EXITED, NOW, {}))
    decision = decide(ledger, site(tmp_path), leaving("AB123", stay_id=stay.id, by="Mara"))
    assert (decision.verdict, decision.review) == (Verdict.ASK, "two_exits")


def test_a_banned_plate_at_the_exit_asks_and_two_alike_are_nobodys(tmp_path, ledger):
    garage = site(tmp_path, {"block": [{"plates": ["BAD1"], "reason": "debts"}]})
    for plate in ("BAD1", "A0B12", "AOB12"):
        ledger.enter(plate, "in", NOW - timedelta(hours=1))
    assert decide(ledger, garage, leaving("BAD1")).code is Reason.BANNED
    assert decide(ledger, garage, leaving("AQB12")).code is Reason.AMBIGUOUS


def test_who_comes_back_soon_goes_on_where_he_left(tmp_path, ledger):
    garage = site(tmp_path, tariff=content(reentry_minutes=30))
    stay = ledger.enter("AB123", "in", NOW - timedelta(hours=1))
    ledger.append(stay.id, StayEvent(EventKind.EXITED, NOW - timedelta(minutes=5), {}))
    assert decide(ledger, garage, coming("AB123")).previous == stay.id


def test_the_last_space_is_promised_once(tmp_path, ledger):
    garage = site(tmp_path, capacity=1)
    assert decide(ledger, garage, coming("AB123")).opens
    late = decide(ledger, garage, Passage("q", "other_gate", Direction.ENTRY, NOW, "CD456", 0.9))
    assert (late.verdict, late.code) == (Verdict.HOLD, Reason.FULL)


TENANT = {"permit": [{"plates": ["BRO2001"], "reason": "tenant"}]}


@pytest.mark.parametrize("entered", ["BRO2O01", "BRO2001"])
def test_a_permit_that_the_entry_did_not_see_opens_the_exit_and_says_why(tmp_path, ledger, entered):
    ledger.enter(entered, "in", NOW - timedelta(hours=2))
    garage = site(tmp_path, TENANT)
    decision = decide(ledger, garage, leaving("BRO2001"))
    assert (decision.verdict, decision.code) == (Verdict.OPEN, Reason.PERMIT)
    assert decision.text == "permit: tenant, found by the plate at the exit"
    assert decision.right is not None


def test_a_plate_near_to_a_permit_pays(tmp_path, ledger):
    ledger.enter("BRO2007", "in", NOW - timedelta(hours=2))
    decision = decide(ledger, site(tmp_path, TENANT), leaving("BRO2007"))
    assert (decision.verdict, decision.code, decision.right) == (Verdict.HOLD, Reason.UNPAID, None)


def test_an_unread_tenant_leaves_free_when_a_person_names_car_and_stay(tmp_path, ledger):
    stay = ledger.enter("", "in", NOW - timedelta(hours=2))
    decision = decide(ledger, site(tmp_path, TENANT), leaving("BRO2001", stay_id=stay.id, by="Mara"))
    assert (decision.verdict, decision.code) == (Verdict.OPEN, Reason.PERMIT)


def test_a_permit_found_at_the_exit_pays_for_the_time_after_its_end(tmp_path, ledger):
    ledger.enter("BRO2O01", "in", NOW - timedelta(hours=4))
    ends = [{"plates": ["BRO2001"], "until": "2026-03-02T09:00"}]
    decision = decide(ledger, site(tmp_path, {"permit": ends}), leaving("BRO2001"))
    assert (decision.verdict, decision.due.minor) == (Verdict.HOLD, 240), "one hour of four"
