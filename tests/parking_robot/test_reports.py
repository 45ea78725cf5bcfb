# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, date, datetime, timedelta

from tests.parking_robot.money.tariffs import BERLIN

from parking_robot.money.money import Money
from parking_robot.money.quote import Paid
from parking_robot.reports import durations, inside_over_time, takings_by_day
from parking_robot.stays.stay import Stay

START = datetime(2026, 3, 2, 22, tzinfo=UTC)
HOUR = timedelta(hours=1)


def stay(hours, *paid, start=START):
    payments = tuple(Paid(Money(minor, "EUR"), at) for minor, at in paid)
    return Stay("s", "AB1", "in", start, left=None if hours is None else start + hours * HOUR, payments=payments)


STAYS = [stay(0.5, (240, START)), stay(3, (500, START + 2 * HOUR), (-100, START + 3 * HOUR)), stay(None)]


def test_takings_fall_on_local_days_less_refunds():
    payments = [payment for one in STAYS for payment in one.payments]
    assert takings_by_day(payments, BERLIN) == {
        date(2026, 3, 2): {"EUR": Money(240, "EUR")},
        date(2026, 3, 3): {"EUR": Money(400, "EUR")},
    }


def test_durations_count_finished_stays():
    assert durations(STAYS) == {0 * HOUR: 1, 3 * HOUR: 1}


def test_cars_inside_over_time():
    assert [count for _, count in inside_over_time(STAYS, START - HOUR, START + 3 * HOUR, HOUR)] == [0, 3, 2, 2, 1]


def test_the_end_is_a_moment_too_where_the_step_does_not_meet_it():
    end = START + 2.5 * HOUR
    assert [at for at, _ in inside_over_time(STAYS, START, end, HOUR)] == [START, START + HOUR, START + 2 * HOUR, end]
