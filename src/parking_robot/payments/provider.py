# SPDX-License-Identifier: Apache-2.0
"""What the garage needs of a payment provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from parking_robot.errors import PaymentError
from parking_robot.money.money import Money


class UnknownPayment(PaymentError):
    """The provider does not know this payment, or not any more: nobody can pay it."""


class ProviderAway(PaymentError):
    """The provider cannot be reached now: whatever was asked may be asked again."""


# Reason of a page that closed because nobody paid on it in time: no card was declined.
EXPIRED = "expired"


class Outcome(StrEnum):
    """DECLINED: one try failed and the page stays open for another card. FAILED: the page is closed, unpaid."""

    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    FAILED = "failed"
    REFUNDED = "refunded"
    PENDING = "pending"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Checkout:
    """A page on which a driver pays: the provider's ``intent`` and where the phone goes."""

    intent: str
    url: str


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """A message that is surely the provider's. ``amount``: what was paid or refunded; None where unknown.

    ``payer`` is an opaque name of who pays (the same for the same card), ``country`` theirs (ISO 3166-1 alpha-2); both
    are empty where the provider does not say. ``at``: when it happened, by the provider's clock; None where it does not
    say. A message may come long after that.
    """

    id: str
    outcome: Outcome
    intent: str
    amount: Money | None
    reason: str = ""
    payer: str = ""
    country: str = ""
    at: datetime | None = None


def is_decline(event: ProviderEvent) -> bool:
    """Return whether somebody tried to pay in vain; a page that nobody used is no try."""
    return event.outcome is Outcome.DECLINED or (event.outcome is Outcome.FAILED and event.reason != EXPIRED)


class PaymentProvider(Protocol):
    """One provider. Every method may raise PaymentError; none of them changes the ledger."""

    name: str

    def checkout(self, stay_id: str, amount: Money, key: str, text: str) -> Checkout:
        """Open a page for ``amount``. The same ``key`` gives the same intent: a repeated call charges nothing twice."""

    def verify(self, body: bytes, headers: Mapping[str, str], now: float) -> ProviderEvent:
        """Return the event of a webhook's raw body. Raises SignatureError unless it is signed, fresh and unchanged."""

    def poll(self, intent: str) -> ProviderEvent:
        """Ask what became of an intent; for messages that never came."""

    def refund(self, intent: str, amount: Money, key: str) -> None:
        """Pay back. The refund counts when its webhook arrives."""
