# SPDX-License-Identifier: Apache-2.0
"""Times that are not charged to anybody, as those of a fire alarm: a stay's clock stands still meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Pauses:
    """Periods [start, end) in UTC, whole seconds, in order and apart from one another; made by `pauses_of`."""

    periods: tuple[tuple[datetime, datetime], ...] = ()

    def within(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """Return the parts of the pauses that lie in [start, end)."""
        cut = ((max(start, begin), min(end, finish)) for begin, finish in self.periods)
        return [(begin, finish) for begin, finish in cut if begin < finish]

    def counted(self, start: datetime, end: datetime) -> timedelta:
        """Return how much of [start, end) counts."""
        return end - start - sum((finish - begin for begin, finish in self.within(start, end)), timedelta())

    def after(self, start: datetime, duration: timedelta) -> datetime:
        """Return the first moment at which ``duration`` has counted since ``start``."""
        moment = start + duration
        for begin, finish in self.periods:
            if finish > start and begin < moment:
                moment += finish - max(start, begin)
        return moment


NO_PAUSES = Pauses()


def pauses_of(periods: Iterable[tuple[datetime, datetime]]) -> Pauses:
    """Return the pauses that cover ``periods`` (aware; may overlap), begun seconds in full: in the driver's favour."""
    joined: list[tuple[datetime, datetime]] = []
    for start, end in sorted((_floor(start), _ceil(end)) for start, end in periods if start < end):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return Pauses(tuple(joined))


def _floor(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _ceil(moment: datetime) -> datetime:
    floor = _floor(moment)
    return floor if floor == moment else floor + _SECOND
