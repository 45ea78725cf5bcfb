# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from parking_robot.stays.period import stays_of_period
from parking_robot.stays.stay import EventKind, StayEvent

NOW = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)


def hours(number):
    return NOW + number * HOUR


def add(ledger, stay, kind, at, **facts):
    ledger.append(stay.id, StayEvent(kind, hours(at), facts))


def car(ledger, plate, entered, left=None, paid=None, refunded=None):
    stay = ledger.enter(plate, "in", hours(entered))
    if paid is not None:
        add(ledger, stay, EventKind.PAID, paid, minor=500, currency="EUR")
    if left is not None:
        add(ledger, stay, EventKind.EXITED, left, lane="out")
    if refunded is not None:
        add(ledger, stay, EventKind.REFUNDED, refunded, minor=100, currency="EUR")
    return stay


def plates(ledger, start, end, **options):
    return [stay.plate for stay in stays_of_period(ledger, hours(start), hours(end), **options)]


@pytest.fixture
def full(ledger):
    """A day's ledger, seen from hour 0 to hour 24; the plates say what is to be found."""
    car(ledger, "LONGAGO", -90, left=-80)
    car(ledger, "REFUND", -70, left=-60, refunded=3)
    car(ledger, "STILL", -30)
    car(ledger, "ACROSS", -20, left=40)
    car(ledger, "LEFTIN", -10, left=1, paid=0.5)
    car(ledger, "WHOLE", 2, left=5)
    car(ledger, "LATE", 25)
    return ledger


def test_stays_count_that_overlap_the_period_or_paid_in_it(full):
    assert plates(full, 0, 24) == ["REFUND", "STILL", "ACROSS", "LEFTIN", "WHOLE"]
    assert plates(full, -85, -82) == ["LONGAGO"]
    assert plates(full, 100, 200) == ["STILL", "LATE"]


def test_a_stay_is_read_as_the_ledger_reads_it(full):
    for stay in stays_of_period(full, hours(-100), hours(100)):
        assert stay == full.stay(stay.id)


def test_an_exit_that_was_recorded_late_among_older_ones_is_found(ledger):
    left = car(ledger, "AB1", -50, left=1)
    for number in range(4):
        car(ledger, f"OLD{number}", -40, left=-39)
    assert [stay.id for stay in stays_of_period(ledger, NOW, hours(2), page=9)] == [left.id]


def test_what_lies_before_the_period_is_not_read(ledger):
    for number in range(40):
        car(ledger, f"OLD{number}", -90 + number, left=-80 + number)
    car(ledger, "NEW", 1, left=2)
    said = []
    event.listen(ledger.engine, "before_cursor_execute", lambda *told: said.append((told[2], told[3])))
    assert plates(ledger, 0, 24, page=6) == ["NEW"]
    looked_back = [words for words, _ in said if "ORDER BY stay_events.serial DESC" in words]
    assert len(looked_back) == 2, "one page with the new events, one without any"
