# SPDX-License-Identifier: Apache-2.0
import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from parking_robot.errors import PaymentError, SignatureError
from parking_robot.money.money import Money
from parking_robot.payments.provider import Outcome, ProviderAway, UnknownPayment
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


def test_a_message_tells_of_when_it_was_made_however_late_it_comes():
    body = event("checkout.session.completed", payment_status="paid")
    later = NOW + 720
    told = PROVIDER.verify(body, {"Stripe-Signature": sign(body, "whsec_new", later)}, later)
    assert told.at == datetime.fromtimestamp(NOW, UTC)
    refunded = verify(event("refund.created", id="re_1", amount=100, metadata={"session": "cs_1"}))
    assert refunded.at == datetime.fromtimestamp(NOW, UTC)


def test_failures_name_their_reason():
    told = verify(event("checkout.session.async_payment_failed"))
    assert (told.outcome, told.reason) == (Outcome.FAILED, "async_payment_failed")


def test_a_refund_names_the_checkout():
    told = verify(event("refund.created", id="re_1", amount=100, metadata={"session": "cs_1"}))
    assert (told.outcome, told.intent, told.amount) == (Outcome.REFUNDED, "cs_1", Money(100, "EUR"))


PAID = {
    "id": "cs_paid", "object": "checkout.session", "status": "complete", "payment_status": "paid", "amount_total": 480,
    "currency": "eur", "customer_details": {"email": "a@b.example", "address": {"country": "FR"}},
    "payment_intent": {
        "id": "pi_1", "object": "payment_intent",
        "latest_charge": {"id": "ch_1", "object": "charge", "created": int(NOW)},
    },
}  # fmt: skip


@pytest.fixture
def api():
    """A stand-in for Stripe's API: answers by what is asked, and the requests that it got."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            length = int(self.headers.get("Content-Length") or 0)
            place = urlsplit(self.path)
            query = parse_qs(place.query) | parse_qs(self.rfile.read(length).decode())
            asked.append((self.command, place.path, {name: values[0] for name, values in query.items()}))
            status, content = 200, {"id": "cs_new", "object": "checkout.session", "url": "https://checkout/1"}
            if self.command == "GET" and place.path.endswith("/sessions"):
                known = [{"id": "cs_1", "object": "checkout.session"}] if query["payment_intent"] == ["pi_1"] else []
                content = {"object": "list", "url": "/v1/checkout/sessions", "has_more": False, "data": known}
            elif self.command == "GET" and place.path.endswith("/cs_paid"):
                content = PAID
            elif self.command == "GET":
                status, content = 404, {"error": {"type": "invalid_request_error", "code": "resource_missing"}}
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = answer

        def log_message(self, format, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    yield StripeProvider("sk_test_not_a_key", ["whsec_new"], "https://garage.example/back", url), asked
    server.shutdown()
    thread.join()
    server.server_close()


def tell(provider, body):
    return provider.verify(body, {"Stripe-Signature": sign(body, "whsec_new", NOW)}, NOW)


def test_the_driver_comes_back_to_the_garage_after_paying_and_after_turning_back(api):
    provider, asked = api
    assert provider.checkout("stay", Money(480, "EUR"), "k", "Parking").intent == "cs_new"
    (_, _, given) = asked[0]
    assert given["success_url"] == "https://garage.example/back?paid=yes"
    assert given["cancel_url"] == "https://garage.example/back"


def test_a_refund_made_at_stripe_finds_its_checkout_by_the_payment_intent(api):
    provider, asked = api
    made = {"id": "re_1", "object": "refund", "amount": 100, "payment_intent": "pi_1", "metadata": {}}
    told = tell(provider, event("refund.created", **made))
    assert (told.outcome, told.intent, told.amount) == (Outcome.REFUNDED, "cs_1", Money(100, "EUR"))
    assert asked == [("GET", "/v1/checkout/sessions", {"payment_intent": "pi_1", "limit": "1"})]
    # Of another business of the same account.
    assert tell(provider, event("refund.created", **made | {"payment_intent": "pi_2"})).outcome is Outcome.OTHER


def test_a_declined_card_is_told_with_its_reason_and_payer(api):
    provider, _ = api
    error = {
        "type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds",
        "payment_method": {"billing_details": {"email": "a@b.example", "address": {"country": "FR"}}},
    }  # fmt: skip
    made = {"id": "pi_1", "object": "payment_intent", "amount": 480, "status": "requires_payment_method"}
    made |= {"metadata": {"stay": "s", "key": "k"}, "last_payment_error": error}
    told = tell(provider, event("payment_intent.payment_failed", **made))
    assert (told.outcome, told.intent, told.reason) == (Outcome.DECLINED, "cs_1", "card_declined")
    assert (len(told.payer), told.country) == (64, "FR")
    other = event("payment_intent.payment_failed", **made | {"metadata": {}})
    assert tell(provider, other).outcome is Outcome.OTHER


def test_an_unknown_payment_and_an_api_that_is_away_are_told_apart(api):
    provider, _ = api
    with pytest.raises(UnknownPayment):
        provider.poll("cs_gone")
    away = StripeProvider("sk_test_not_a_key", ["w"], "https://garage.example/back", "http://127.0.0.1:9")
    with pytest.raises(ProviderAway):
        away.poll("cs_1")


def test_a_payment_that_is_asked_about_was_made_when_its_charge_was(api):
    provider, asked = api
    told = provider.poll("cs_paid")
    assert (told.outcome, told.amount, told.at) == (
        Outcome.SUCCEEDED,
        Money(480, "EUR"),
        datetime.fromtimestamp(NOW, UTC),
    )
    assert (len(told.payer), told.country) == (64, "FR")
    assert asked[0][2] == {"expand[0]": "payment_intent.latest_charge"}


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
