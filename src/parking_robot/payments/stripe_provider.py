# SPDX-License-Identifier: Apache-2.0
"""Stripe through its official SDK: hosted checkout pages, webhooks checked by the SDK."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import stripe

from parking_robot.errors import PaymentError, SignatureError
from parking_robot.money.money import Money
from parking_robot.payments.provider import EXPIRED, Checkout, Outcome, ProviderAway, ProviderEvent, UnknownPayment
from parking_robot.payments.signature import WINDOW_S, verify

_OUTCOMES = {
    "checkout.session.completed": Outcome.SUCCEEDED,
    "checkout.session.async_payment_succeeded": Outcome.SUCCEEDED,
    "checkout.session.async_payment_failed": Outcome.FAILED,
    "checkout.session.expired": Outcome.FAILED,
    "payment_intent.payment_failed": Outcome.DECLINED,
    "refund.created": Outcome.REFUNDED,
}
# Of these no session is the object: they name its payment intent.
_OF_INTENTS = (Outcome.DECLINED, Outcome.REFUNDED)


class StripeProvider:
    """Implements PaymentProvider. ``webhook_secrets``: the endpoint's, and its former one while it is being changed.

    Stripe counts amounts in the currency's smallest unit as Money does. ``return_url``: where the driver comes back to,
    with ``?paid=yes`` after paying; the same for each checkout, since Stripe refuses a key that comes with another one.
    """

    name = "stripe"

    def __init__(self, api_key: str, webhook_secrets: Sequence[str], return_url: str, api_url: str = "") -> None:
        """``api_url``: another address of Stripe's API, such as a stand-in. Raises PaymentError without secrets."""
        if not api_key or not any(webhook_secrets):
            raise PaymentError("Stripe needs an API key and a webhook secret", hint="set them in the site's secrets")
        self._client = stripe.StripeClient(api_key, base_addresses={"api": api_url} if api_url else {})
        self._secrets, self._return_url = tuple(webhook_secrets), return_url

    def checkout(self, stay_id: str, amount: Money, key: str, text: str) -> Checkout:
        price = {
            "currency": amount.currency.lower(),
            "unit_amount": amount.minor,
            "product_data": {"name": text},
        }
        params: Any = {
            "mode": "payment",
            "success_url": f"{self._return_url}?paid=yes",
            "cancel_url": self._return_url,
            "line_items": [{"quantity": 1, "price_data": price}],
            "client_reference_id": stay_id,
            "payment_intent_data": {"metadata": {"stay": stay_id, "key": key}},
        }
        try:
            session = self._client.v1.checkout.sessions.create(params, {"idempotency_key": key})
        except stripe.StripeError as error:
            raise _refused(error) from error
        # A session has no payment intent before the driver pays, so the session names the payment here.
        return Checkout(str(session.id), str(session.url))

    def verify(self, body: bytes, headers: Mapping[str, str], now: float) -> ProviderEvent:
        given = {name.lower(): value for name, value in headers.items()}.get("stripe-signature", "")
        # The age is judged by our own clock; the SDK would ask the wall's.
        verify(body, given, self._secrets, now, WINDOW_S)
        for secret in self._secrets:
            try:
                stripe.WebhookSignature.verify_header(body.decode(), given, secret, tolerance=None)
                return self._event(json.loads(body))
            except stripe.SignatureVerificationError:
                continue
            except (ValueError, KeyError, TypeError, OverflowError, OSError) as error:
                raise PaymentError(f"Stripe's message is incomplete: {error}", hint="check the API version") from error
        raise SignatureError("the webhook's signature is wrong", hint="check the endpoint's secret")

    def poll(self, intent: str) -> ProviderEvent:
        try:
            # The charge alone says when it was paid.
            found = self._client.v1.checkout.sessions.retrieve(intent, {"expand": ["payment_intent.latest_charge"]})
        except stripe.StripeError as error:
            raise _refused(error) from error
        outcome = Outcome.SUCCEEDED if found.payment_status == "paid" else Outcome.PENDING
        if found.status == "expired":
            outcome = Outcome.FAILED
        amount = Money(found.amount_total or 0, str(found.currency).upper())
        reason = EXPIRED if outcome is Outcome.FAILED else ""
        session = found.to_dict()
        payer, country = _payer(session.get("customer_details") or {})
        at = _paid_at(session) if outcome is Outcome.SUCCEEDED else None
        return ProviderEvent(f"poll_{intent}", outcome, intent, amount, reason, payer, country, at)

    def refund(self, intent: str, amount: Money, key: str) -> None:
        try:
            session = self._client.v1.checkout.sessions.retrieve(intent)
            params: Any = {"payment_intent": session.payment_intent, "amount": amount.minor}
            params["metadata"] = {"session": intent}
            self._client.v1.refunds.create(params, {"idempotency_key": key})
        except stripe.StripeError as error:
            raise _refused(error) from error

    def _event(self, message: Mapping[str, Any]) -> ProviderEvent:
        outcome = _OUTCOMES.get(str(message["type"]), Outcome.OTHER)
        thing = message["data"]["object"]
        session = self._session_of(thing, outcome) if outcome in _OF_INTENTS else ""
        if outcome is Outcome.OTHER or (outcome in _OF_INTENTS and not session):
            return ProviderEvent(str(message["id"]), Outcome.OTHER, "", None)
        if not session:
            return _event_of_session(message, outcome)
        amount = Money(thing["amount"], str(thing["currency"]).upper())
        error = thing.get("last_payment_error") or {}
        payer, country = _payer((error.get("payment_method") or {}).get("billing_details") or {})
        reason = str(error.get("code") or "")
        return ProviderEvent(str(message["id"]), outcome, session, amount, reason, payer, country, _created(message))

    def _session_of(self, thing: Mapping[str, Any], outcome: Outcome) -> str:
        """Return the session of a refund or a payment intent; empty: it has none, so that it is not the garage's."""
        metadata = thing.get("metadata") or {}
        if outcome is Outcome.REFUNDED and metadata.get("session"):
            return str(metadata["session"])
        if outcome is Outcome.DECLINED and "stay" not in metadata:
            return ""
        # A refund made on Stripe's own pages carries nothing of ours.
        intent = str(thing["id"] if outcome is Outcome.DECLINED else thing.get("payment_intent") or "")
        if not intent:
            return ""
        try:
            found = self._client.v1.checkout.sessions.list({"payment_intent": intent, "limit": 1}).data
        except stripe.StripeError as error:
            raise _refused(error) from error
        return str(found[0].id) if found else ""


def _event_of_session(message: Mapping[str, Any], outcome: Outcome) -> ProviderEvent:
    thing = message["data"]["object"]
    currency = str(thing["currency"]).upper()
    if outcome is Outcome.SUCCEEDED and thing["payment_status"] != "paid":
        # The page was completed with a slow way to pay; another message tells how that ended.
        return ProviderEvent(str(message["id"]), Outcome.PENDING, str(thing["id"]), None)
    reason = "" if outcome is Outcome.SUCCEEDED else str(message["type"]).rpartition(".")[2]
    payer, country = _payer(thing.get("customer_details") or {})
    amount = Money(thing["amount_total"], currency)
    at = _created(message)
    return ProviderEvent(str(message["id"]), outcome, str(thing["id"]), amount, reason, payer, country, at)


def _created(thing: Mapping[str, Any]) -> datetime | None:
    """Return when a message or a charge came to be; Stripe sends the same message again for days."""
    seconds = thing.get("created")
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _paid_at(session: Mapping[str, Any]) -> datetime | None:
    intent = session.get("payment_intent")
    charge = intent.get("latest_charge") if isinstance(intent, Mapping) else None
    return _created(charge) if isinstance(charge, Mapping) else None


def _payer(details: Mapping[str, Any]) -> tuple[str, str]:
    """Return an opaque name of the payer and the country; the address itself is not kept."""
    email = str(details.get("email") or "").lower()
    country = str((details.get("address") or {}).get("country") or "")
    return (hashlib.sha256(email.encode()).hexdigest() if email else ""), country


def _refused(error: stripe.StripeError) -> PaymentError:
    if isinstance(error, stripe.InvalidRequestError) and error.code == "resource_missing":
        return UnknownPayment("Stripe does not know this payment", hint="scan the code again")
    if isinstance(error, stripe.APIConnectionError | stripe.RateLimitError | stripe.APIError):
        return ProviderAway("Stripe cannot be reached", hint="try again in a minute, or press the help button")
    return PaymentError(f"Stripe refused: {error.user_message or error}", hint="try again, or pay at the intercom")
