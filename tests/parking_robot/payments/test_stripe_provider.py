# SPDX-License-Identifier: Apache-2.0
import json

import pytest

from parking_robot.errors import PaymentError, SignatureError
from parking_robot.money.money import Money
from parking_robot.payments.provider import Outcome
from parking_robot.payments.signature import sign
from parking_robot.payments.stripe_provider import StripeProvider

NOW = 1_800_000_000.0
PROVIDER = StripeProvider("sk_test_not_a_key", ["whsec_new", "whsec_old"], "https://garage.example/done")


def event(kind, **thing):
    """A message in the form of Stripe's API: the fields of the documented objects that are used."""
    defaults = {"id": "cs_1", "object": "checkout.session", "currency": "eur", "amount_total": 480}
    message = {
        "id": "evt_1",
        "object": "event",
        "type": kind,
        "created": int(NOW),
        "data": {"object": defaults | thing},
    }
    return json.dumps(message).encode()


def verify(body, secret="whsec_new", at=NOW):
    return PROVIDER.verify(body, {"Stripe-Signature": sign(body, secret, at)}, NOW)


@pytest.mark.parametrize("secret", ["whsec_new", "whsec_old"])
def test_a_completed_checkout_is_a_payment(secret):
    told = verify(event("checkout.session.completed", payment_status="paid"), secret)
    assert (told.id, told.outcome, told.intent, told.amount) == ("evt_1", Outcome.SUCCEEDED, "cs_1", Money(480, "EUR"))


def test_a_checkout_that_waits_for_its_money_is_pending():
    assert verify(event("checkout.session.completed", payment_status="unpaid")).outcome is Outcome.PENDING


def test_failures_name_their_reason():
    told = verify(event("checkout.session.async_payment_failed"))
    assert (told.outcome, told.reason) == (Outcome.FAILED, "async_payment_failed")


def test_a_refund_names_the_checkout():
    told = verify(event("refund.created", id="re_1", amount=100, metadata={"session": "cs_1"}))
    assert (told.outcome, told.intent, told.amount) == (Outcome.REFUNDED, "cs_1", Money(100, "EUR"))


def test_other_messages_have_no_effect():
    assert verify(event("customer.created")).outcome is Outcome.OTHER


def test_wrong_secrets_old_stamps_and_changed_bodies_are_refused():
    body = event("checkout.session.completed", payment_status="paid")
    for attempt in (lambda: verify(body, "whsec_other"), lambda: verify(body, at=NOW - 600)):
        with pytest.raises(SignatureError):
            attempt()
    with pytest.raises(SignatureError):
        PROVIDER.verify(body + b" ", {"Stripe-Signature": sign(body, "whsec_new", NOW)}, NOW)
    with pytest.raises(SignatureError):
        PROVIDER.verify(body, {}, NOW)


def test_incomplete_messages_are_clear():
    with pytest.raises(PaymentError, match="incomplete"):
        verify(b'{"id": "evt_1"}')


def test_secrets_are_needed():
    with pytest.raises(PaymentError, match="API key"):
        StripeProvider("", ["x"], "https://garage.example")
