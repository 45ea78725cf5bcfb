# SPDX-License-Identifier: Apache-2.0
"""Figures of a report: takings per local day, how long cars stay, how many are inside over time."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from parking_robot.money.money import Money
from parking_robot.money.quote import Paid
from parking_robot.stays.stay import Stay


def takings_by_day(payments: Iterable[Paid], zone: ZoneInfo) -> dict[date, dict[str, Money]]:
    """Return the sum received (refunds taken off) per local day and currency, oldest first."""
    days: dict[date, dict[str, Money]] = {}
    for payment in payments:
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
    """Return the number of cars inside at each ``step`` from ``start``, and at ``end``."""
    moments = [start + step * number for number in range((end - start) // step + 1)]
    if moments[-1] < end:
        moments.append(end)
    entered = sorted(stay.entered for stay in stays)
    left = sorted(stay.left for stay in stays if stay.left is not None)
    return [(at, bisect_right(entered, at) - bisect_right(left, at)) for at in moments]
