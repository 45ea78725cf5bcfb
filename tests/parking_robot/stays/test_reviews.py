# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.parking_robot.money.tariffs import tariff

from parking_robot.errors import PlateError, StayError
from parking_robot.money.money import Money
from parking_robot.stays.access import ListEntry, ListKind
from parking_robot.stays.ending import end_stay
from parking_robot.stays.reviews import ReviewVerdict, decide_review, list_reviews, open_review
from parking_robot.stays.rights import right_facts
from parking_robot.stays.stay import EventKind, StayEvent, StayState

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLAN = tariff()
PERMIT = ListEntry(ListKind.PERMIT, ("BRO2001",), "tenant", NOW - timedelta(days=1))


def case(ledger, stay_id="", key="k"):
    open_review(ledger, "near_miss", NOW, key, stay_id, ["one character differs"], plate="A1")
    return list_reviews(ledger)[-1]


def test_a_verdict_is_never_changed_nor_nameless(ledger):
    one = case(ledger)
    with pytest.raises(StayError, match="name of the person"):
        decide_review(ledger, one.number, ReviewVerdict.ACCEPT, " ", NOW)
    decide_review(ledger, one.number, ReviewVerdict.REJECT, "Mara", NOW)
    with pytest.raises(StayError, match="decided by Mara"):
        decide_review(ledger, one.number, ReviewVerdict.ACCEPT, "Ben", NOW)
    with pytest.raises(StayError, match="no review 999"):
        decide_review(ledger, 999, ReviewVerdict.ACCEPT, "Ben", NOW)
    with pytest.raises(DBAPIError, match="can only grow"), ledger.engine.begin() as connection:
        connection.execute(text("DELETE FROM review_verdicts"))


def test_a_plate_is_corrected(ledger):
    stay = ledger.enter("A8", "in", NOW)
    one = case(ledger, stay.id)
    decide_review(ledger, one.number, ReviewVerdict.PLATE, "Mara", NOW, plate="a-b")
    assert ledger.stay(stay.id).plate == "AB"


def leave(ledger, stay, at=NOW, plate=""):
    end = StayEvent(EventKind.EXITED, at, {"lane": "out", "plate": plate or stay.plate})
    return end_stay(ledger, PLAN, stay, end, f"{stay.id}:{at}", f"{stay.id}:{at}:unpaid_exit")


def paid(minor, kind=EventKind.PAID):
    return StayEvent(kind, NOW, {"minor": minor, "currency": "EUR"})


def debts(ledger):
    """The open cases of money, as (stay, what is said)."""
    cases = [case for case in list_reviews(ledger) if case.kind == "unpaid_exit"]
    return [(case.stay_id, case.facts["reasons"][0]) for case in cases]


def test_another_car_had_left_and_it_is_the_one_that_is_billed(ledger):
    wrong, right = ledger.enter("A1", "in", NOW - 5 * HOUR), ledger.enter("A7", "in", NOW - HOUR)
    leave(ledger, wrong)
    assert [stay_id for stay_id, _ in debts(ledger)] == [wrong.id]
    number = case(ledger, wrong.id).number

    def decide(**named):
        decide_review(ledger, number, ReviewVerdict.OTHER_CAR, "Mara", NOW, tariff=PLAN, **named)

    for named, told in (
        ({}, "of no car that left"), ({"stay_id": wrong.id}, "was taken to have left"), ({"stay_id": "x"}, "stay x"),
    ):  # fmt: skip
        with pytest.raises(StayError, match=told):
            decide(**named)
    assert ledger.stay(wrong.id).state is StayState.LEFT
    decide(stay_id=right.id)
    opened, left = ledger.stay(wrong.id), ledger.stay(right.id)
    assert (opened.state, opened.unpaid, left.left) == (StayState.INSIDE, None, NOW)
    assert (left.billed, left.unpaid) == (Money(240, "EUR"), Money(240, "EUR"))
    assert debts(ledger) == [(right.id, f"A7 left with 2.40 EUR unpaid (review {number}, Mara)")]
    (overtaken,) = [one for one in list_reviews(ledger, everything=True, stay_id=wrong.id) if one.number != number]
    assert (overtaken.verdict, overtaken.decided_by) == ("overtaken", "Mara")
    assert overtaken.note == f"another car had left: review {number}, Mara"
    assert leave(ledger, opened, NOW + HOUR).unpaid == Money(1120, "EUR"), "its own exit bills all its time"


def test_without_prices_no_other_car_leaves(ledger):
    wrong, right = ledger.enter("A1", "in", NOW - HOUR), ledger.enter("A7", "in", NOW - HOUR)
    leave(ledger, wrong)
    with pytest.raises(StayError, match="prices"):
        decide_review(ledger, case(ledger, wrong.id).number, ReviewVerdict.OTHER_CAR, "Mara", NOW, stay_id=right.id)
    assert ledger.stay(wrong.id).state is StayState.LEFT


def test_the_case_of_the_debt_itself_may_say_that_another_car_had_left(ledger):
    wrong, right = ledger.enter("A1", "in", NOW - HOUR), ledger.enter("A7", "in", NOW - HOUR, free=True)
    leave(ledger, wrong)
    (unpaid,) = list_reviews(ledger)
    decide_review(ledger, unpaid.number, ReviewVerdict.OTHER_CAR, "Mara", NOW, stay_id=right.id, tariff=PLAN)
    assert (list_reviews(ledger), ledger.stay(right.id).billed) == ([], Money(0, "EUR"))


def test_a_right_that_came_with_the_wrong_exit_goes_with_it_and_an_own_one_stays(ledger):
    tenant = ledger.enter("BRO2007", "in", NOW - HOUR)
    for own, granted, stays_free in ((False, True, False), (True, True, True), (True, False, True)):
        wrong = ledger.enter("BRO2004", "in", NOW - HOUR, free=own)
        if granted:
            facts = {**right_facts(PERMIT), "plate": "BRO2001", "lane": "out"}
            ledger.append(wrong.id, StayEvent(EventKind.CONCESSION, NOW, facts))
        leave(ledger, wrong)
        number = case(ledger, wrong.id, f"{wrong.id}").number
        other = ledger.enter(tenant.plate, "in", NOW - HOUR)
        decide_review(ledger, number, ReviewVerdict.OTHER_CAR, "Mara", NOW, stay_id=other.id, tariff=PLAN)
        assert ledger.stay(wrong.id).free is stays_free


def correct(ledger, stay, plate):
    number = case(ledger, stay.id, f"{stay.id}:{plate}").number
    decide_review(ledger, number, ReviewVerdict.PLATE, "Mara", NOW, plate=plate, lists=[PERMIT], tariff=PLAN)
    return number


def test_a_tenant_whose_plate_is_known_after_he_left_owes_nothing_any_more(ledger):
    tenant = ledger.enter("", "in", NOW - 2 * HOUR)
    assert leave(ledger, tenant).unpaid == Money(480, "EUR")
    correct(ledger, tenant, "BRO2001")
    known = ledger.stay(tenant.id)
    assert (known.plate, known.free, known.state) == ("BRO2001", True, StayState.LEFT)
    assert (known.billed, known.unpaid, debts(ledger)) == (Money(0, "EUR"), Money(0, "EUR"), [])
    kinds = [event.kind for event in ledger.events(tenant.id)]
    assert kinds == [EventKind.ENTERED, EventKind.EXITED, EventKind.PLATE_CORRECTED]


def test_a_visitor_with_a_tenants_plate_owes_the_fee_once_it_is_corrected(ledger):
    visitor = ledger.enter("BRO2001", "in", NOW - 2 * HOUR, free=True)
    leave(ledger, visitor)
    number = correct(ledger, visitor, "BRO2007")
    assert ledger.stay(visitor.id).unpaid == Money(480, "EUR")
    assert debts(ledger) == [(visitor.id, f"BRO2007 left with 4.80 EUR unpaid (review {number}, Mara)")]
    correct(ledger, visitor, "BRO2009")
    assert len(debts(ledger)) == 1 and debts(ledger)[0][1].startswith("BRO2009 left"), "one debt is one case"
    assert ledger.append(visitor.id, paid(480)).unpaid == Money(0, "EUR")


def test_what_a_tenant_paid_before_his_plate_was_known_is_a_case_to_pay_back(ledger):
    tenant = ledger.enter("BRQ2007", "in", NOW - 2 * HOUR)
    ledger.append(tenant.id, paid(480))
    leave(ledger, tenant)
    correct(ledger, tenant, "BRO2001")
    (surplus,) = [one for one in list_reviews(ledger) if one.kind == "risk"]
    assert surplus.facts["reasons"] == ["BRO2001: 4.80 EUR more than the fee was paid: pay it back"]


def test_money_that_came_counts_and_what_was_given_back_since_makes_no_debt(ledger):
    visitor = ledger.enter("BRQ2007", "in", NOW - 2 * HOUR)
    ledger.append(visitor.id, paid(480))
    leave(ledger, visitor)
    back = StayEvent(EventKind.REFUNDED, NOW + HOUR, {"minor": 480, "currency": "EUR"})
    ledger.append(visitor.id, back)
    correct(ledger, visitor, "BRO2007")
    assert (ledger.stay(visitor.id).unpaid, debts(ledger)) == (Money(0, "EUR"), [])
    assert [one.kind for one in list_reviews(ledger)] == []


def test_a_car_that_never_came_in_is_not_billed_for_its_plate(ledger):
    turned = ledger.enter("A1", "in", NOW - HOUR)
    ledger.append(turned.id, StayEvent(EventKind.VOIDED, NOW, {}))
    correct(ledger, turned, "A7")
    assert (ledger.stay(turned.id).plate, ledger.stay(turned.id).billed, debts(ledger)) == ("A7", None, [])
    with pytest.raises(PlateError):
        correct(ledger, turned, "")


def test_a_corrected_plate_is_asked_for_its_permit_and_a_wrong_permit_is_taken_back(ledger):
    tenant = ledger.enter("BRQ2OO7", "in", NOW)
    visitor = ledger.enter("BRO2001", "in", NOW, free=True)
    later = NOW + timedelta(hours=1)
    for stay, plate in ((visitor, "BRO2007"), (tenant, "BR-O 2001")):
        number = case(ledger, stay.id, key=plate).number
        decide_review(ledger, number, ReviewVerdict.PLATE, "Mara", later, plate=plate, lists=[PERMIT])
    assert (ledger.stay(tenant.id).free, ledger.stay(visitor.id).free) == (True, False)
    assert ledger.events(tenant.id)[-1].facts["right"] == "permit: tenant"


def test_what_was_paid_twice_and_late_is_all_named_when_the_plate_is_corrected(ledger):
    stay = ledger.enter("AB123", "in", NOW - timedelta(hours=1))
    paid = {"minor": 240, "currency": "EUR"}
    ledger.append(stay.id, StayEvent(EventKind.PAID, NOW, paid), "first")
    left = NOW + timedelta(minutes=14)
    end_stay(ledger, PLAN, stay, StayEvent(EventKind.EXITED, left, {}), "out", "case")
    billed = ledger.stay(stay.id).billed
    ledger.append(stay.id, StayEvent(EventKind.PAID, left + timedelta(seconds=30), paid), "second")
    open_review(ledger, "near_miss", left, "k", stay.id)
    (case,) = [case for case in list_reviews(ledger) if case.kind == "near_miss"]
    decide_review(ledger, case.number, ReviewVerdict.PLATE, "Mara", left, plate="AB124", lists=[], tariff=PLAN)
    found = ledger.stay(stay.id)
    assert (found.billed, found.unpaid) == (billed, Money(0, "EUR"))
    surplus = Money(480, "EUR") - billed
    reasons = [reason for case in list_reviews(ledger, stay_id=stay.id) for reason in case.facts["reasons"]]
    assert f"AB124: {surplus} more than the fee was paid: pay it back" in reasons
