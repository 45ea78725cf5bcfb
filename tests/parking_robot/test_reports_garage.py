# SPDX-License-Identifier: Apache-2.0
"""What falls into a report's period, from a real ledger: money by its time, cars while inside, debts and durations."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.parking_robot.money.tariffs import BERLIN, tariff

from parking_robot.money.money import Money
from parking_robot.reports_garage import gather
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.reviews import open_review
from parking_robot.stays.stay import EventKind, StayEvent

END = datetime(2026, 3, 3, 21, tzinfo=UTC)
START = END - timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def ledger(tmp_path):
    store = Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield store
    store.close()


def car(ledger, plate, entered, left=None, **money):
    """Times are hours before the end; ``money`` maps paid or refunded to (hours before the end, minor units)."""
    stay = ledger.enter(plate, "in", END - entered * HOUR)
    for kind, (at, minor) in money.items():
        facts = {"minor": minor, "currency": "EUR"}
        ledger.append(stay.id, StayEvent(EventKind(kind), END - at * HOUR, facts))
    if left is not None:
        ledger.append(stay.id, StayEvent(EventKind.EXITED, END - left * HOUR, {"lane": "out"}))
    return stay


def day(ledger):
    return gather(ledger, START, END, BERLIN, tariff(), 24)


def test_a_car_that_came_before_the_period_and_paid_in_it_counts(ledger):
    car(ledger, "BAB123", 30, paid=(2, 2000))
    told = day(ledger)
    assert told.takings == {date(2026, 3, 3): {"EUR": Money(2000, "EUR")}}
    assert {count for _, count in told.inside} == {1}
    assert len(told.stays) == 1 and told.inside[-1][0] == END


def test_money_counts_when_it_moved_though_the_car_came_or_left_at_another_time(ledger):
    car(ledger, "OLD1", 60, left=50, paid=(51, 900))
    car(ledger, "BACK1", 60, left=50, paid=(51, 700), refunded=(3, 200))
    car(ledger, "SOON1", 5, paid=(-1, 400))
    told = day(ledger)
    assert told.takings == {date(2026, 3, 3): {"EUR": Money(-200, "EUR")}}
    assert [stay.plate for stay in told.stays] == ["SOON1"], "a refund alone is no stay of this period"


def test_durations_and_debts_are_of_stays_that_ended_in_the_period(ledger):
    car(ledger, "BEFORE", 40, left=26)
    car(ledger, "ACROSS", 30, left=20)
    car(ledger, "AFTER", 4, left=-1)
    told = day(ledger)
    assert sum(told.durations.values()) == 1 and max(told.durations) <= 10 * HOUR < max(told.durations) + told.bar
    assert [entry.stay.plate for entry in told.unpaid] == ["ACROSS"]


def test_cases_are_those_of_the_period(ledger):
    for hours in (30, 3, -1):
        open_review(ledger, "unread", END - hours * HOUR, f"k{hours}")
    assert [review.at for review in day(ledger).reviews] == [END - 3 * HOUR]


def test_a_debt_is_what_it_was_at_the_exit_however_prices_are_edited_later(ledger):
    for plate, unpaid in (("PAID1", 0), ("OWES1", 240)):
        stay = ledger.enter(plate, "in", END - 5 * HOUR)
        facts = {"unpaid_minor": unpaid, "billed_minor": 240, "currency": "EUR"}
        ledger.append(stay.id, StayEvent(EventKind.EXITED, END - 4 * HOUR, facts))
    assert [(one.stay.plate, one.owed) for one in day(ledger).unpaid] == [("OWES1", Money(240, "EUR"))]
