# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, date, datetime, timedelta

from tests.parking_robot.money.tariffs import BERLIN

from parking_robot.money.money import Money
from parking_robot.money.quote import Paid
from parking_robot.reports import durations, inside_over_time, takings_by_day, takings_csv
from parking_robot.stays.stay import Stay

START = datetime(2026, 3, 2, 22, tzinfo=UTC)
HOUR = timedelta(hours=1)


def stay(hours, *paid, start=START):
    payments = tuple(Paid(Money(minor, "EUR"), at) for minor, at in paid)
    return Stay("s", "AB1", "in", start, left=None if hours is None else start + hours * HOUR, payments=payments)


STAYS = [stay(0.5, (240, START)), stay(3, (500, START + 2 * HOUR), (-100, START + 3 * HOUR)), stay(None)]


def test_takings_fall_on_local_days_less_refunds():
    assert takings_by_day(STAYS, BERLIN) == {
        date(2026, 3, 2): {"EUR": Money(240, "EUR")},
        date(2026, 3, 3): {"EUR": Money(400, "EUR")},
    }
    assert takings_csv(STAYS, BERLIN).splitlines() == ["day,currency,minor", "2026-03-02,EUR,240", "2026-03-03,EUR,400"]


def test_durations_count_finished_stays():
    assert durations(STAYS) == {0 * HOUR: 1, 3 * HOUR: 1}


def test_cars_inside_over_time():
    assert [count for _, count in inside_over_time(STAYS, START - HOUR, START + 3 * HOUR, HOUR)] == [0, 3, 2, 2, 1]
