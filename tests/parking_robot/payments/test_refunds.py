# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime

import pytest

from parking_robot.errors import PaymentError
from parking_robot.money.money import Money
from parking_robot.payments.refunds import Part, share_refund
from parking_robot.stays.stay import EventKind, StayEvent

AT = datetime(2026, 3, 2, tzinfo=UTC)


def event(kind, minor, intent, provider="sandbox", currency="EUR"):
    facts = {"minor": minor, "intent": intent, "provider": provider, "currency": currency}
    return StayEvent(kind, AT, facts)


PAID = [
    StayEvent(EventKind.ENTERED, AT, {}),
    event(EventKind.PAID, 500, "first"),
    event(EventKind.PAID, 300, "second"),
    event(EventKind.REFUNDED, 100, "second"),
    event(EventKind.PAID, 900, "other", "stripe"),
]


def euro(minor):
    return Money(minor, "EUR")


def test_the_newest_payment_is_paid_back_first_up_to_what_is_left_of_it():
    assert share_refund(PAID, "sandbox", euro(150)) == [Part("second", euro(150), 1)]
    both = [Part("second", euro(200), 1), Part("first", euro(500), 0)]
    assert share_refund(PAID, "sandbox", euro(700)) == both
    assert share_refund(PAID, "stripe", euro(900)) == [Part("other", euro(900), 0)]


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (euro(701), "received through sandbox are 7.00 EUR; also paid: EUR through stripe"),
        (Money(100, "USD"), r"received through sandbox are 0\.00 USD; also paid: EUR through sandbox"),
        (euro(0), "nothing to pay back"),
        (euro(-5), "nothing to pay back"),
    ],
)
def test_what_was_not_paid_is_not_paid_back(amount, words):
    with pytest.raises(PaymentError, match=words) as caught:
        share_refund(PAID, "sandbox", amount)
    assert caught.value.hint
