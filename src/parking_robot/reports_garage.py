# SPDX-License-Identifier: Apache-2.0
"""What a report of a period says: takings, how full it was, how long cars stayed, what is unpaid, what is reviewed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from parking_robot.money.money import Money
from parking_robot.money.tariff import Tariff
from parking_robot.reports import durations, inside_over_time, takings_by_day
from parking_robot.stays.cases import Review, list_reviews
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.period import overlaps, stays_of_period
from parking_robot.stays.stay import Stay, StayState
from parking_robot.stays.visits import quote_visit

MOMENTS = 240
"""Points of the curve of the cars inside."""
STEPS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440))
MOST_BARS = 24


@dataclass(frozen=True, slots=True)
class Unpaid:
    """A stay that ended with something left to pay."""

    stay: Stay
    owed: Money


@dataclass(frozen=True, slots=True)
class GarageReport:
    """One period, ``start`` to ``end``. ``stays`` were inside at some time of it; ``takings`` were received in it.

    ``durations`` and ``unpaid`` tell of stays that ended in it. ``bar`` is the width of the durations' bars.
    """

    start: datetime
    end: datetime
    zone: ZoneInfo
    capacity: int | None
    stays: tuple[Stay, ...]
    takings: dict[date, dict[str, Money]]
    inside: list[tuple[datetime, int]]
    durations: dict[timedelta, int]
    bar: timedelta
    unpaid: tuple[Unpaid, ...]
    reviews: tuple[Review, ...]

    @property
    def received(self) -> dict[str, Money]:
        """The sum of the takings by currency."""
        sums: dict[str, Money] = {}
        for of_day in self.takings.values():
            for currency, amount in of_day.items():
                sums[currency] = sums.get(currency, Money(0, currency)) + amount
        return dict(sorted(sums.items()))


def gather(
    ledger: Ledger, start: datetime, end: datetime, zone: ZoneInfo, tariff: Tariff | None, capacity: int | None = None
) -> GarageReport:
    """Return the report of [start, end). Without a tariff nothing is said about unpaid stays."""
    stays = stays_of_period(ledger, start, end)
    unpaid = _unpaid(ledger, _ended(stays, start, end), tariff) if tariff is not None else ()
    reviews = list_reviews(ledger, everything=True)
    return report_of(
        stays, start, end, zone, unpaid, [review for review in reviews if start <= review.at < end], capacity
    )


def report_of(
    stays: Sequence[Stay],
    start: datetime,
    end: datetime,
    zone: ZoneInfo,
    unpaid: Sequence[Unpaid] = (),
    reviews: Sequence[Review] = (),
    capacity: int | None = None,
) -> GarageReport:
    """Return the report of stays that were read already; what happened outside [start, end) is left out."""
    ended = _ended(stays, start, end)
    longest = max((stay.left - stay.entered for stay in ended if stay.left is not None), default=timedelta())
    bar = next((step for step in STEPS if longest < MOST_BARS * step), STEPS[-1])
    moment = max((end - start) / MOMENTS, timedelta(seconds=1))
    payments = [payment for stay in stays for payment in stay.payments if start <= payment.at < end]
    return GarageReport(
        start=start,
        end=end,
        zone=zone,
        capacity=capacity,
        stays=tuple(stay for stay in stays if overlaps(stay, start, end)),
        takings=takings_by_day(payments, zone),
        inside=inside_over_time(stays, start, end, moment),
        durations=durations(ended, bar),
        bar=bar,
        unpaid=tuple(unpaid),
        reviews=tuple(reviews),
    )


def _ended(stays: Sequence[Stay], start: datetime, end: datetime) -> list[Stay]:
    return [stay for stay in stays if stay.left is not None and start <= stay.left < end]


def _unpaid(ledger: Ledger, stays: Sequence[Stay], tariff: Tariff) -> list[Unpaid]:
    found = []
    for stay in stays:
        if stay.left is None or stay.state is StayState.VOID:
            continue
        owed = stay.unpaid if stay.unpaid is not None else quote_visit(tariff, stay, stay.left, ledger).due
        if owed.minor > 0:
            found.append(Unpaid(stay, owed))
    return found
