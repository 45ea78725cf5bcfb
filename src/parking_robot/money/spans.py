# SPDX-License-Identifier: Apache-2.0
"""Cut a stay where its price changes: at the borders of rates, versions and cap periods, and where clocks change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from parking_robot.money.tariff import CapPeriod, Tariff, Version
from parking_robot.money.week import Rate

DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Span:
    """[start, end) at one rate of one version. ``period`` names the cap period; empty where the version has no cap."""

    start: datetime
    end: datetime
    version: Version
    rate: Rate
    period: str

    def blocks(self, counted: timedelta) -> int:
        """Return the number of started blocks where ``counted`` of the span is charged."""
        return -(-int(counted.total_seconds()) // (60 * self.rate.block_minutes))


def spans(tariff: Tariff, start: datetime, end: datetime, anchor: datetime) -> Iterator[Span]:
    """Yield the spans of [start, end) (UTC), neighbours of equal price joined; 24 h caps are counted from ``anchor``.

    A block never reaches over a span's end, so the price of a stay is the sum over its parts. Rates follow the local
    wall clock: an hour that the clock repeats is charged twice, one that it skips is not charged.
    """
    open_span: Span | None = None
    while start < end:
        version = tariff.at(start)
        local = start.astimezone(tariff.zone)
        rate, minute = version.week.at(local)
        period, period_end = _period(version, start, local, anchor, tariff.zone)
        stop = min(end, wall_clock(start, minute, tariff.zone), period_end or end, version.valid_until or end)
        if open_span and open_span.version is version and open_span.rate is rate and open_span.period == period:
            open_span = replace(open_span, end=stop)
        else:
            if open_span:
                yield open_span
            open_span = Span(start, stop, version, rate, period)
        start = stop
    if open_span:
        yield open_span


def wall_clock(start: datetime, minute: int, zone: ZoneInfo) -> datetime:
    """Return when the local clock shows ``minute`` of the day of ``start`` (1440: midnight), or is changed before."""
    local = start.astimezone(zone)
    seconds = minute * 60 - (local.hour * 3600 + local.minute * 60 + local.second)
    there = start + timedelta(seconds=seconds)
    offset = local.utcoffset()
    if there.astimezone(zone).utcoffset() == offset:
        return there
    before, after = 0, seconds
    while after - before > 1:
        middle = (before + after) // 2
        changed = (start + timedelta(seconds=middle)).astimezone(zone).utcoffset() != offset
        before, after = (before, middle) if changed else (middle, after)
    return start + timedelta(seconds=after)


def _period(
    version: Version, start: datetime, local: datetime, anchor: datetime, zone: ZoneInfo
) -> tuple[str, datetime | None]:
    if version.cap is None:
        return "", None
    if version.cap_period is CapPeriod.CALENDAR_DAY:
        return local.date().isoformat(), wall_clock(start, 24 * 60, zone)
    count = (start - anchor) // DAY
    return f"24 h no. {count + 1}", anchor + (count + 1) * DAY
