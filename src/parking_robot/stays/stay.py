# SPDX-License-Identifier: Apache-2.0
"""A stay: what its events, in order, make of it. Events are never changed; a mistake is corrected by another event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from parking_robot.errors import StayError
from parking_robot.money.money import Money
from parking_robot.money.quote import Paid


class EventKind(StrEnum):
    ENTERED = "entered"
    PLATE_CORRECTED = "plate_corrected"
    SEEN_IN_BAY = "seen_in_bay"
    CONCESSION = "concession"
    PAID = "paid"
    REFUNDED = "refunded"
    PAYMENT_FAILED = "payment_failed"
    DECISION = "decision"
    EXITED = "exited"
    CLOSED_BY_OPERATOR = "closed_by_operator"
    VOIDED = "voided"
    REOPENED = "reopened"


class StayState(StrEnum):
    INSIDE = "inside"
    LEFT = "left"
    CLOSED = "closed"
    VOID = "void"


_ENDS = {
    EventKind.EXITED: StayState.LEFT,
    EventKind.CLOSED_BY_OPERATOR: StayState.CLOSED,
    EventKind.VOIDED: StayState.VOID,
}


@dataclass(frozen=True, slots=True)
class StayEvent:
    """One event: when it happened (aware) and its facts, JSON values (amounts as minor units and currency)."""

    kind: EventKind
    at: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stay:
    """The present state of a stay. ``plate`` is empty for a car whose plate could not be read at the entry.

    ``free`` stays cost nothing, until ``free_until`` where that is set. ``previous`` is the stay that this one goes on
    from, after a short absence. ``lost``: the entry is not known, the flat price of a lost ticket holds.
    ``tariff_version`` and ``tariff_hash`` say which prices were in force at the entry. ``billed`` is the bill's total
    at the end and ``unpaid`` what of it has not come since; None while it lasts, and in records that do not tell.
    """

    id: str
    plate: str
    lane: str
    entered: datetime
    state: StayState = StayState.INSIDE
    left: datetime | None = None
    bay: str = ""
    payments: tuple[Paid, ...] = ()
    codes: tuple[str, ...] = ()
    vehicle_class: str = ""
    free: bool = False
    free_until: datetime | None = None
    previous: str = ""
    lost: bool = False
    tariff_version: str = ""
    tariff_hash: str = ""
    billed: Money | None = None
    unpaid: Money | None = None

    def as_paid_by(self, at: datetime) -> Stay:
        """Return the stay with what had been paid and paid back by a moment."""
        return replace(self, payments=tuple(payment for payment in self.payments if payment.at <= at))

    def received(self, currency: str) -> Money:
        """Return the sum of payments less refunds."""
        return Money(sum(payment.amount.minor for payment in self.payments), currency)


def fold_events(stay_id: str, events: Iterable[StayEvent]) -> Stay:
    """Return what the events make of a stay. Raises StayError when one does not fit those before it."""
    stay: Stay | None = None
    for event in events:
        stay = apply(stay_id, stay, event)
    if stay is None:
        raise StayError(f"stay {stay_id} has no events", hint="check the id")
    return stay


def apply(stay_id: str, stay: Stay | None, event: StayEvent) -> Stay:
    """Return the stay after one more event. Raises StayError for a second entry or exit and time running backwards."""
    facts = event.facts
    if stay is None:
        if event.kind is not EventKind.ENTERED:
            raise StayError(
                f"stay {stay_id} begins with '{event.kind}', not with an entry", hint="record the entry first"
            )
        return Stay(
            stay_id,
            str(facts.get("plate", "")),
            str(facts.get("lane", "")),
            event.at,
            vehicle_class=str(facts.get("vehicle_class", "")),
            free=bool(facts.get("free", False)),
            free_until=_moment(facts.get("free_until")),
            previous=str(facts.get("previous", "")),
            lost=bool(facts.get("lost", False)),
            tariff_version=str(facts.get("tariff_version", "")),
            tariff_hash=str(facts.get("tariff_hash", "")),
        )
    match event.kind:
        case EventKind.ENTERED:
            raise StayError(f"stay {stay_id} has entered already", hint="open another stay")
        case EventKind.EXITED | EventKind.CLOSED_BY_OPERATOR | EventKind.VOIDED:
            if stay.state is not StayState.INSIDE:
                raise StayError(
                    f"stay {stay_id} has ended already", hint="a second exit belongs to another stay: review it"
                )
            if event.at < stay.entered:
                raise StayError(f"stay {stay_id} would end before it began", hint="check the clocks of the gates")
            return replace(_with_bill(stay, facts), state=_ENDS[event.kind], left=event.at)
        case EventKind.REOPENED:
            if stay.state is StayState.INSIDE:
                raise StayError(f"stay {stay_id} has not ended", hint="only an ended stay can be opened again")
            stay = _with_right(stay, facts)
            return replace(stay, state=StayState.INSIDE, left=None, billed=None, unpaid=None)
        case EventKind.PLATE_CORRECTED:
            named = str(facts.get("vehicle_class", stay.vehicle_class))
            if "billed_minor" in facts:
                # The stay had ended: what it cost by its right plate.
                stay = _with_bill(stay, facts)
            return replace(_with_right(stay, facts), plate=str(facts["plate"]), vehicle_class=named)
        case EventKind.SEEN_IN_BAY:
            return replace(stay, bay=str(facts["bay"]))
        case EventKind.CONCESSION:
            codes = tuple(dict.fromkeys((*stay.codes, *facts.get("codes", ()))))
            stay = _with_right(stay, facts)
            return replace(stay, codes=codes, vehicle_class=str(facts.get("vehicle_class", stay.vehicle_class)))
        case EventKind.PAID | EventKind.REFUNDED:
            sign = 1 if event.kind is EventKind.PAID else -1
            amount = Money(sign * int(facts["minor"]), str(facts["currency"]))
            paid = Paid(amount, event.at, _moment(facts.get("covers")))
            unpaid = stay.unpaid
            if unpaid is not None and event.kind is EventKind.PAID:
                # Its message came when the car had gone.
                unpaid = max(Money(0, unpaid.currency), unpaid - amount)
            return replace(stay, payments=(*stay.payments, paid), unpaid=unpaid)
        case EventKind.PAYMENT_FAILED | EventKind.DECISION:
            return stay


def _with_bill(stay: Stay, facts: Mapping[str, Any]) -> Stay:
    return replace(stay, billed=_amount(facts, "billed_minor"), unpaid=_amount(facts, "unpaid_minor"))


def _with_right(stay: Stay, facts: Mapping[str, Any]) -> Stay:
    """Return the stay with the right that an event grants or takes; one that says nothing of it changes nothing."""
    if "free" not in facts:
        return stay
    return replace(stay, free=bool(facts["free"]), free_until=_moment(facts.get("free_until")))


def _amount(facts: Mapping[str, Any], name: str) -> Money | None:
    return Money(int(facts[name]), str(facts["currency"])) if name in facts else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
