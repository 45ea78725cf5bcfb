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
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.reviews import Review, list_reviews
from parking_robot.stays.stay import Stay, StayState
from parking_robot.stays.visits import quote_visit

MOMENTS = 240
"""Points of the curve of the cars inside."""
STEPS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440))
MOST_BARS = 24
MOST_STAYS = 100_000


@dataclass(frozen=True, slots=True)
class Unpaid:
    """A stay that ended with something left to pay."""

    stay: Stay
    owed: Money


@dataclass(frozen=True, slots=True)
class GarageReport:
    """One period, ``start`` to ``end``. ``bar`` is the width of the duration histogram's bars."""

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
    """Return the report of the stays that began in [start, end). Without a tariff nothing is said about unpaid ones."""
    with ledger.batch():
        rows = ledger.entered_between(start, end, MOST_STAYS)
        stays = [ledger.stay(stay_id) for stay_id, _, _ in reversed(rows)]
        unpaid = _unpaid(ledger, stays, tariff) if tariff is not None else ()
    reviews = [review for review in list_reviews(ledger, everything=True, most=MOST_STAYS) if start <= review.at < end]
    return report_of(stays, start, end, zone, unpaid, reviews, capacity)


def report_of(
    stays: Sequence[Stay],
    start: datetime,
    end: datetime,
    zone: ZoneInfo,
    unpaid: Sequence[Unpaid] = (),
    reviews: Sequence[Review] = (),
    capacity: int | None = None,
) -> GarageReport:
    """Return the report of stays that were read already."""
    longest = max((stay.left - stay.entered for stay in stays if stay.left is not None), default=timedelta())
    bar = next((step for step in STEPS if longest < MOST_BARS * step), STEPS[-1])
    moment = max((end - start) / MOMENTS, timedelta(seconds=1))
    return GarageReport(
        start=start,
        end=end,
        zone=zone,
        capacity=capacity,
        stays=tuple(stays),
        takings=takings_by_day(stays, zone),
        inside=inside_over_time(stays, start, end, moment),
        durations=durations(stays, bar),
        bar=bar,
        unpaid=tuple(unpaid),
        reviews=tuple(reviews),
    )


def _unpaid(ledger: Ledger, stays: Sequence[Stay], tariff: Tariff) -> list[Unpaid]:
    found = []
    for stay in stays:
        if stay.left is None or stay.state is StayState.VOID:
            continue
        owed = quote_visit(tariff, stay, stay.left, ledger).due
        if owed.minor > 0:
            found.append(Unpaid(stay, owed))
    return found
