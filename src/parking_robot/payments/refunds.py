# SPDX-License-Identifier: Apache-2.0
"""How a refund is shared over the payments of a stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parking_robot.errors import PaymentError
from parking_robot.money.money import Money
from parking_robot.stays.stay import EventKind, StayEvent


@dataclass(frozen=True, slots=True)
class Part:
    """What is paid back of one payment. ``number``: how many refunds of it are on record already."""

    intent: str
    amount: Money
    number: int


def share_refund(events: Sequence[StayEvent], provider: str, amount: Money) -> list[Part]:
    """Return what to pay back of which payment, the newest first.

    Raises PaymentError for an amount that is none, more than ``provider`` took, or in another currency than was paid.
    """
    if amount.minor <= 0:
        raise PaymentError(f"{amount} is nothing to pay back", hint="name an amount above zero")
    taken: dict[str, int] = {}
    numbers: dict[str, int] = {}
    others = set()
    for event in events:
        if event.kind not in (EventKind.PAID, EventKind.REFUNDED):
            continue
        facts, paid = event.facts, event.kind is EventKind.PAID
        if (facts.get("provider"), facts["currency"]) != (provider, amount.currency):
            others.add(f"{facts['currency']} through {facts.get('provider', 'nobody')}")
            continue
        intent = str(facts["intent"])
        taken[intent] = taken.get(intent, 0) + int(facts["minor"]) * (1 if paid else -1)
        numbers[intent] = numbers.get(intent, 0) + (not paid)
    left, parts = amount.minor, []
    for intent, minor in reversed(taken.items()):
        part = min(left, minor)
        if part > 0:
            parts.append(Part(intent, Money(part, amount.currency), numbers[intent]))
            left -= part
    if left > 0:
        received = Money(sum(taken.values()), amount.currency)
        beside = f"; also paid: {', '.join(sorted(others))}" if others else ""
        raise PaymentError(
            f"{amount} cannot be paid back, received through {provider} are {received}{beside}",
            hint="choose a smaller amount, or the currency and provider that it was paid with",
        )
    return parts
