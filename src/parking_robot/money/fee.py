# SPDX-License-Identifier: Apache-2.0
"""The fee of a stay, line by line.

Order: a lost ticket or a flat event price, free minutes (of the tariff, then of validation codes), time in started
blocks, caps, the discount of the vehicle's class, percent and amounts of validation codes. Never below zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from parking_robot.errors import StayError, TariffError
from parking_robot.money.bill import Bill, Carry, Line, LineKind
from parking_robot.money.money import Money, total
from parking_robot.money.pauses import NO_PAUSES, Pauses
from parking_robot.money.spans import spans
from parking_robot.money.tariff import Event, FreeMode, Tariff, Validation, Version


@dataclass(frozen=True, slots=True)
class Concessions:
    """What may make a stay cheaper: the vehicle's class (a key of ``class_percent``) and validation codes."""

    vehicle_class: str = ""
    codes: tuple[str, ...] = ()


NO_CONCESSIONS = Concessions()
NO_CARRY = Carry()


def bill_stay(
    tariff: Tariff,
    entry: datetime,
    leave: datetime,
    concessions: Concessions = NO_CONCESSIONS,
    carry: Carry = NO_CARRY,
    pauses: Pauses = NO_PAUSES,
) -> Bill:
    """Return the bill of a stay from ``entry`` to ``leave`` (aware; whole seconds count).

    The time of ``pauses`` is not counted: free time and a started block go on where they stood. Free time, validity of
    codes, class discounts and event prices are those of the version in force at the entry; each block of time is
    charged by the version in force when its span begins. Raises StayError for a stay that ends before it begins,
    TariffError for a time without a version, an unknown code or class.
    """
    entry, leave = (moment.astimezone(UTC).replace(microsecond=0) for moment in (entry, leave))
    if leave < entry:
        raise StayError(f"the exit {leave} lies before the entry {entry}", hint="check the clocks of the gates")
    version = tariff.at(entry)
    validations = [_validation(version, code) for code in dict.fromkeys(concessions.codes)]
    lines: list[Line] = []
    begin, used, events = _uncharged(version, entry, leave, validations, carry, pauses, lines, tariff.currency)
    anchor = carry.anchor or entry
    for start, end in pauses.within(begin, leave):
        text = "not counted (fire alarm)"
        lines.append(Line(LineKind.FREE, text, Money(0, tariff.currency), tariff.at(start).id, start, end))
    spent = _charge_time(tariff, begin, leave, anchor, dict(carry.spent), pauses, lines)
    _discount(version, concessions.vehicle_class, validations, tariff.currency, lines)
    amount = total([line.amount for line in lines], tariff.currency)
    return Bill(tuple(lines), amount, Carry(anchor, used, MappingProxyType(spent), events))


def bill_lost_ticket(tariff: Tariff, now: datetime) -> Bill:
    """Return the bill of a car whose entry is not known: the flat price of the version in force."""
    version = tariff.at(now)
    line = Line(LineKind.LOST_TICKET, "entry not known", version.lost_ticket, version.id)
    return Bill((line,), version.lost_ticket, Carry())


def _uncharged(
    version: Version,
    entry: datetime,
    leave: datetime,
    validations: Iterable[Validation],
    carry: Carry,
    pauses: Pauses,
    lines: list[Line],
    currency: str,
) -> tuple[datetime, int, frozenset[str]]:
    """Add the lines of an event price and of free time; return where charged time begins and what was used up."""
    events, nothing = carry.events, Money(0, currency)
    if event := _event(version, entry):
        covered = min(leave, event.end)
        price = nothing if event.name in events else event.flat
        lines.append(Line(LineKind.EVENT, f"event '{event.name}'", price, version.id, entry, covered))
        return covered, carry.free_seconds, events | {event.name}
    free = timedelta(seconds=max(0, version.free_minutes * 60 - carry.free_seconds))
    if version.free_mode is FreeMode.THRESHOLD and pauses.counted(entry, leave) > free:
        free = timedelta(0)
    covered = min(leave, pauses.after(entry, free))
    used = carry.free_seconds + int(pauses.counted(entry, covered).total_seconds())
    if covered > entry or leave == entry:
        lines.append(Line(LineKind.FREE, f"first {version.free_minutes} min free", nothing, version.id, entry, covered))
    for validation in validations:
        until = min(leave, pauses.after(covered, timedelta(minutes=validation.minutes)))
        if until > covered:
            text = f"code {validation.code}: {validation.minutes} min free"
            lines.append(Line(LineKind.FREE, text, nothing, version.id, covered, until))
            covered = until
    return covered, used, events


def _charge_time(
    tariff: Tariff,
    begin: datetime,
    leave: datetime,
    anchor: datetime,
    spent: dict[str, int],
    pauses: Pauses,
    lines: list[Line],
) -> dict[str, int]:
    """Add the lines of the charged time and of the caps; return what is spent per cap period."""
    limits: dict[str, tuple[Money, str]] = {}
    for span in spans(tariff, begin, leave, anchor):
        blocks = span.blocks(pauses.counted(span.start, span.end))
        if not blocks:
            continue
        price = span.rate.price * blocks
        text = f"{span.rate.name}: {blocks} x {span.rate.block_minutes} min at {span.rate.price}"
        lines.append(Line(LineKind.TIME, text, price, span.version.id, span.start, span.end))
        if span.version.cap is None:
            continue
        known = limits.get(span.period)
        # Two versions within one period: the higher cap, so that a longer stay is never cheaper.
        if known is None or known[0] < span.version.cap:
            limits[span.period] = (span.version.cap, span.version.id)
        spent[span.period] = spent.get(span.period, 0) + price.minor
    for period, (cap, version) in limits.items():
        over = spent[period] - cap.minor
        if over > 0:
            spent[period] = cap.minor
            lines.append(Line(LineKind.CAP, f"at most {cap} ({period})", Money(-over, cap.currency), version))
    return spent


def _discount(
    version: Version, vehicle_class: str, validations: Iterable[Validation], currency: str, lines: list[Line]
) -> None:
    def take(off: Money, text: str) -> None:
        left = total([line.amount for line in lines], currency)
        amount = min(off, left)
        if amount.minor > 0:
            lines.append(Line(LineKind.DISCOUNT, text, Money(-amount.minor, currency), version.id))

    if vehicle_class:
        percent = version.class_percent.get(vehicle_class)
        if percent is None:
            known = ", ".join(version.class_percent) or "none"
            raise TariffError(f"version '{version.id}' knows no class '{vehicle_class}'", hint=f"known: {known}")
        take(total([line.amount for line in lines], currency).share(percent), f"{vehicle_class}: {percent} % off")
    for validation in validations:
        left = total([line.amount for line in lines], currency)
        take(left.share(validation.percent), f"code {validation.code}: {validation.percent} % off")
        if validation.amount:
            take(validation.amount, f"code {validation.code}: {validation.amount} off")


def _event(version: Version, entry: datetime) -> Event | None:
    return next((event for event in version.events if event.start <= entry < event.end), None)


def _validation(version: Version, code: str) -> Validation:
    if code not in version.validations:
        raise TariffError(f"version '{version.id}' knows no validation code '{code}'", hint="check the merchant's code")
    return version.validations[code]
