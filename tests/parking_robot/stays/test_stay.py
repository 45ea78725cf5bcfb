# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta

import pytest

from parking_robot.errors import StayError
from parking_robot.money.money import Money
from parking_robot.stays.stay import EventKind, StayEvent, StayState, fold_events

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def at(minutes, kind, **facts):
    return StayEvent(kind, NOW + timedelta(minutes=minutes), facts)


ENTRY = at(0, EventKind.ENTERED, plate="AB123", lane="in-1")


def test_a_whole_stay():
    stay = fold_events(
        "s",
        [
            ENTRY,
            at(3, EventKind.SEEN_IN_BAY, bay="A7"),
            at(5, EventKind.PLATE_CORRECTED, plate="AB128"),
            at(50, EventKind.CONCESSION, codes=["CAFE"], vehicle_class="ev"),
            at(55, EventKind.PAYMENT_FAILED, reason="card declined"),
            at(60, EventKind.PAID, minor=500, currency="EUR"),
            at(61, EventKind.REFUNDED, minor=100, currency="EUR"),
            at(65, EventKind.EXITED, lane="out-1"),
        ],
    )
    assert (stay.plate, stay.bay, stay.codes, stay.vehicle_class) == ("AB128", "A7", ("CAFE",), "ev")
    assert stay.received("EUR") == Money(400, "EUR")
    assert (stay.state, stay.left) == (StayState.LEFT, NOW + timedelta(minutes=65))


@pytest.mark.parametrize(
    ("events", "match"),
    [
        ([], "has no events"),
        ([at(0, EventKind.EXITED)], "begins with 'exited'"),
        ([ENTRY, ENTRY], "has entered already"),
        ([ENTRY, at(5, EventKind.EXITED), at(6, EventKind.EXITED)], "has ended already"),
        ([ENTRY, at(5, EventKind.CLOSED_BY_OPERATOR), at(6, EventKind.EXITED)], "has ended already"),
        ([ENTRY, at(-60, EventKind.EXITED)], "would end before it began"),
    ],
)
def test_events_that_do_not_fit_are_refused(events, match):
    with pytest.raises(StayError, match=match):
        fold_events("s", events)


def test_the_end_freezes_bill_and_debt_and_old_records_tell_none():
    ended = at(60, EventKind.EXITED, billed_minor=480, unpaid_minor=240, currency="EUR")
    stay = fold_events("s", [at(0, EventKind.ENTERED, plate="A1", tariff_version="v", tariff_hash="abc"), ended])
    assert (stay.billed, stay.unpaid) == (Money(480, "EUR"), Money(240, "EUR"))
    assert (stay.tariff_version, stay.tariff_hash) == ("v", "abc")
    late = fold_events("s", [ENTRY, ended, at(61, EventKind.PAID, minor=300, currency="EUR")])
    assert (late.billed, late.unpaid) == (Money(480, "EUR"), Money(0, "EUR"))
    again = fold_events("s", [ENTRY, ended, at(61, EventKind.REOPENED)])
    assert (again.billed, again.unpaid) == (None, None)
    old = fold_events("s", [ENTRY, at(60, EventKind.EXITED)])
    assert (old.billed, old.unpaid, old.tariff_version) == (None, None, "")


def test_a_correction_of_an_ended_stay_brings_its_bill_and_one_that_tells_none_leaves_it():
    ended = at(60, EventKind.EXITED, billed_minor=480, unpaid_minor=240, currency="EUR")
    bill = {"billed_minor": 0, "unpaid_minor": 0, "currency": "EUR"}
    tenant = fold_events("s", [ENTRY, ended, at(70, EventKind.PLATE_CORRECTED, plate="B7", free=True, **bill)])
    assert (tenant.plate, tenant.free, tenant.state) == ("B7", True, StayState.LEFT)
    assert (tenant.billed, tenant.unpaid) == (Money(0, "EUR"), Money(0, "EUR"))
    named = fold_events("s", [ENTRY, ended, at(70, EventKind.PLATE_CORRECTED, plate="B7")])
    assert (named.billed, named.unpaid) == (Money(480, "EUR"), Money(240, "EUR"))


def test_a_stay_that_is_opened_again_may_lose_a_right_that_was_not_its_own():
    granted = at(50, EventKind.CONCESSION, free=True, right="permit: tenant")
    events = [ENTRY, granted, at(60, EventKind.EXITED)]
    assert fold_events("s", [*events, at(61, EventKind.REOPENED)]).free
    assert not fold_events("s", [*events, at(61, EventKind.REOPENED, free=False, free_until=None)]).free
