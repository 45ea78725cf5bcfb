# SPDX-License-Identifier: Apache-2.0
"""Reports from the ledger's stays: takings per local day, how long cars stay, how many are inside over time; as CSV."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from parking_robot.money.money import Money
from parking_robot.stays.stay import Stay


def takings_by_day(stays: Iterable[Stay], zone: ZoneInfo) -> dict[date, dict[str, Money]]:
    """Return the sum received (refunds taken off) per local day and currency, oldest first."""
    days: dict[date, dict[str, Money]] = {}
    for stay in stays:
        for payment in stay.payments:
            of_day = days.setdefault(payment.at.astimezone(zone).date(), {})
            currency = payment.amount.currency
            of_day[currency] = of_day.get(currency, Money(0, currency)) + payment.amount
    return dict(sorted(days.items()))


def durations(stays: Iterable[Stay], step: timedelta = timedelta(hours=1)) -> dict[timedelta, int]:
    """Return how many finished stays lasted [start, start + step), by start."""
    counted = Counter((stay.left - stay.entered) // step for stay in stays if stay.left is not None)
    return {number * step: counted[number] for number in sorted(counted)}


def inside_over_time(
    stays: Sequence[Stay], start: datetime, end: datetime, step: timedelta
) -> list[tuple[datetime, int]]:
    """Return the number of cars inside at each moment from ``start`` to ``end``."""
    moments = [start + step * number for number in range((end - start) // step + 1)]
    return [(at, sum(s.entered <= at and (s.left is None or at < s.left) for s in stays)) for at in moments]


def takings_csv(stays: Iterable[Stay], zone: ZoneInfo) -> str:
    """Return the takings as CSV: day, currency, minor units."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("day", "currency", "minor"))
    for day, amounts in takings_by_day(stays, zone).items():
        writer.writerows((day.isoformat(), currency, amount.minor) for currency, amount in sorted(amounts.items()))
    return out.getvalue()
