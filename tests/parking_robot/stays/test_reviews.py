# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from parking_robot.errors import StayError
from parking_robot.stays.access import ListEntry, ListKind
from parking_robot.stays.reviews import ReviewVerdict, decide_review, list_reviews, open_review
from parking_robot.stays.stay import EventKind, StayEvent, StayState

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def case(ledger, stay_id="", key="k"):
    open_review(ledger, "near_miss", NOW, key, stay_id, ["one character differs"], plate="A1")
    return list_reviews(ledger)[-1]


def test_a_case_is_opened_once_and_decided_by_name(ledger):
    one = case(ledger)
    assert case(ledger) == one
    assert one.facts == {"reasons": ["one character differs"], "plate": "A1"}
    decide_review(ledger, one.number, ReviewVerdict.ACCEPT, "Mara", NOW, "looked at it")
    assert list_reviews(ledger) == []
    (kept,) = list_reviews(ledger, everything=True)
    assert (kept.verdict, kept.decided_by, kept.note) == ("accept", "Mara", "looked at it")


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


def test_another_car_had_left(ledger):
    wrong, right = ledger.enter("A1", "in", NOW), ledger.enter("A7", "in", NOW)
    left = NOW + timedelta(hours=1)
    ledger.append(wrong.id, StayEvent(EventKind.EXITED, left, {}))
    one = case(ledger, wrong.id)
    with pytest.raises(StayError, match="of no car that left"):
        decide_review(ledger, one.number, ReviewVerdict.OTHER_CAR, "Mara", NOW)
    decide_review(ledger, one.number, ReviewVerdict.OTHER_CAR, "Mara", NOW, stay_id=right.id)
    assert (ledger.stay(wrong.id).state, ledger.stay(right.id).left) == (StayState.INSIDE, left)


def test_a_corrected_plate_is_asked_for_its_permit_and_a_wrong_permit_is_taken_back(ledger):
    permit = ListEntry(ListKind.PERMIT, ("BRO2001",), "tenant", NOW - timedelta(days=1))
    tenant = ledger.enter("BRQ2OO7", "in", NOW)
    visitor = ledger.enter("BRO2001", "in", NOW, free=True)
    later = NOW + timedelta(hours=1)
    for stay, plate in ((visitor, "BRO2007"), (tenant, "BR-O 2001")):
        number = case(ledger, stay.id, key=plate).number
        decide_review(ledger, number, ReviewVerdict.PLATE, "Mara", later, plate=plate, lists=[permit])
    assert (ledger.stay(tenant.id).free, ledger.stay(visitor.id).free) == (True, False)
    assert ledger.events(tenant.id)[-1].facts["right"] == "permit: tenant"
