# SPDX-License-Identifier: Apache-2.0
"""The fee of a stay, line by line.

Order: a lost ticket or a flat event price, free minutes (of the tariff, then of validation codes), time in started
blocks, caps, the discount of the vehicle's class, percent and amounts of validation codes. Never below zero.

A visit whose car went out and came back is reckoned as a whole each time, and what its earlier parts cost comes off at
the end. So caps, codes and event prices need no hand-over of their own, and no split is cheaper than the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from parking_robot.errors import StayError, TariffError
from parking_robot.money.bill import Bill, Carry, Line, LineKind
from parking_robot.money.money import Money, total
from parking_robot.money.pauses import NO_PAUSES, Pauses, pauses_of
from parking_robot.money.spans import spans
from parking_robot.money.tariff import Event, FreeMode, Tariff, Validation, Version

# A stay is reckoned day by day; what seems longer than this is a wrong clock or a slip of the pen.
LONGEST_STAY = timedelta(days=3653)

Parts = Sequence[tuple[datetime, datetime]]


@dataclass(frozen=True, slots=True)
class Concessions:
    """What may make a stay cheaper: the vehicle's class (a key of ``class_percent``) and validation codes.

    ``recorded``: the codes are on record. One that the tariff no longer knows takes nothing off then, and the bill says
    so; otherwise it is refused.
    """

    vehicle_class: str = ""
    codes: tuple[str, ...] = ()
    recorded: bool = False


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
    charged by the version in force when its span begins. With ``carry`` the lines are those of the whole visit since
    its first entry, whose absences are not counted either, and the total is what this stay adds. Raises StayError for a
    stay that ends before it begins, TariffError for a time without a version, an unknown code or class.
    """
    entry, leave = (moment.astimezone(UTC).replace(microsecond=0) for moment in (entry, leave))
    if leave < entry:
        raise StayError(f"the exit {leave} lies before the entry {entry}", hint="check the clocks of the gates")
    if leave - entry > LONGEST_STAY:
        raise StayError(f"the exit {leave} lies more than ten years after the entry {entry}", hint="check the dates")
    parts = (*carry.parts, (entry, leave))
    version = tariff.at(parts[0][0])
    codes = tuple(dict.fromkeys(code.strip().upper() for code in (*carry.codes, *concessions.codes)))
    vehicle_class = concessions.vehicle_class or carry.vehicle_class
    validations = _validations(version, codes, concessions.recorded)
    lines: list[Line] = []
    absences = [(gone, back) for (_, gone), (back, _) in pairwise(parts) if gone < back]
    away = pauses_of((*pauses.periods, *absences))
    begin = _uncharged(version, parts[0][0], leave, validations, away, lines, tariff.currency)
    charged = [(max(start, begin), end) for start, end in parts if end > begin]
    alarms = [pause for part in charged for pause in pauses.within(*part)]
    for text, periods in (("not counted (outside)", absences), ("not counted (fire alarm)", alarms)):
        for start, end in periods:
            lines.append(Line(LineKind.FREE, text, Money(0, tariff.currency), tariff.at(start).id, start, end))
    _charge_time(tariff, charged, parts[0][0], pauses, lines)
    _discount(version, vehicle_class, validations, tariff.currency, lines)
    for code in codes:
        if code not in version.validations:
            text = f"code {code}: not in the tariff"
            lines.append(Line(LineKind.DISCOUNT, text, Money(0, tariff.currency), version.id))
    # A code that is shown late may be worth more than what this part adds; what is paid is not paid back.
    earlier = min(carry.billed, total([line.amount for line in lines], tariff.currency).minor)
    if earlier:
        text = "billed for the earlier parts of this visit"
        lines.append(Line(LineKind.EARLIER, text, Money(-earlier, tariff.currency), version.id))
    amount = total([line.amount for line in lines], tariff.currency)
    return Bill(tuple(lines), amount, Carry(parts, carry.billed + amount.minor, codes, vehicle_class))


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
    pauses: Pauses,
    lines: list[Line],
    currency: str,
) -> datetime:
    """Add the lines of an event price and of free time; return where charged time begins."""
    nothing = Money(0, currency)
    if event := _event(version, entry):
        covered = min(leave, event.end)
        lines.append(Line(LineKind.EVENT, f"event '{event.name}'", event.flat, version.id, entry, covered))
        return covered
    free = timedelta(minutes=version.free_minutes)
    if version.free_mode is FreeMode.THRESHOLD and pauses.counted(entry, leave) > free:
        free = timedelta(0)
    covered = min(leave, pauses.after(entry, free))
    if covered > entry or leave == entry:
        lines.append(Line(LineKind.FREE, f"first {version.free_minutes} min free", nothing, version.id, entry, covered))
    for validation in validations:
        until = min(leave, pauses.after(covered, timedelta(minutes=validation.minutes)))
        if until > covered:
            text = f"code {validation.code}: {validation.minutes} min free"
            lines.append(Line(LineKind.FREE, text, nothing, version.id, covered, until))
            covered = until
    return covered


def _charge_time(tariff: Tariff, parts: Parts, anchor: datetime, pauses: Pauses, lines: list[Line]) -> None:
    """Add the lines of the charged time and of the caps; 24 h caps are counted from ``anchor``."""
    limits: dict[str, tuple[Money, str]] = {}
    spent: dict[str, int] = {}
    for span in (span for start, end in parts for span in spans(tariff, start, end, anchor)):
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
            lines.append(Line(LineKind.CAP, f"at most {cap} ({period})", Money(-over, cap.currency), version))


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


def _validations(version: Version, codes: Iterable[str], recorded: bool) -> list[Validation]:
    """Return what the codes are worth. Raises TariffError for an unknown one, unless they are on record."""
    for code in codes:
        if code not in version.validations and not recorded:
            raise TariffError(
                f"version '{version.id}' knows no validation code '{code}'", hint="check the merchant's code"
            )
    return [version.validations[code] for code in codes if code in version.validations]
