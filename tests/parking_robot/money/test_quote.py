# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

from tests.parking_robot.money.tariffs import berlin, tariff

from parking_robot.money.money import Money
from parking_robot.money.pauses import pauses_of
from parking_robot.money.quote import Paid, quote

PLAN = tariff(exit_grace_minutes=15)
ENTRY = berlin("2026-03-02T10:00")


def euro(minor):
    return Money(minor, "EUR")


def test_without_a_payment_all_is_due():
    assert quote(PLAN, ENTRY, ENTRY + timedelta(hours=1)).due == euro(240)


def test_a_payment_opens_the_exit_for_the_grace_time():
    paid = [Paid(euro(240), ENTRY + timedelta(hours=1))]
    inside = quote(PLAN, ENTRY, ENTRY + timedelta(hours=1, minutes=15), paid)
    assert (inside.due, inside.paid_until) == (euro(0), ENTRY + timedelta(hours=1, minutes=15))
    assert inside.bill.total == euro(240), "the receipt must not charge the time for driving out"
    after = quote(PLAN, ENTRY, ENTRY + timedelta(hours=1, minutes=15, seconds=1), paid)
    assert (after.due, after.paid_until) == (euro(120), None)


def test_too_small_a_payment_gives_no_grace():
    paid = [Paid(euro(100), ENTRY + timedelta(hours=1))]
    assert quote(PLAN, ENTRY, ENTRY + timedelta(hours=1), paid).due == euro(140)


def test_a_refund_makes_the_fee_due_again():
    at = ENTRY + timedelta(hours=1)
    assert quote(PLAN, ENTRY, at, [Paid(euro(240), at), Paid(euro(-240), at)]).due == euro(240)


def test_an_overpayment_is_never_a_negative_due():
    assert quote(PLAN, ENTRY, ENTRY + timedelta(hours=1), [Paid(euro(900), ENTRY)]).due == euro(0)


def test_a_payment_from_the_future_gives_no_grace():
    now = ENTRY + timedelta(hours=1)
    assert quote(PLAN, ENTRY, now, [Paid(euro(240), now + timedelta(hours=2))]).paid_until is None


def test_an_alarm_takes_nothing_from_the_grace():
    paid_at = ENTRY + timedelta(hours=1)
    alarm = pauses_of([(paid_at + timedelta(minutes=5), paid_at + timedelta(minutes=45))])
    told = quote(PLAN, ENTRY, paid_at + timedelta(minutes=50), [Paid(euro(240), paid_at)], pauses=alarm)
    assert (told.due, told.paid_until) == (euro(0), paid_at + timedelta(minutes=55))
