# SPDX-License-Identifier: Apache-2.0
"""A bill: lines that a driver can check, and their sum."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from parking_robot.money.money import Money


class LineKind(StrEnum):
    FREE = "free"
    TIME = "time"
    CAP = "cap"
    EVENT = "event"
    LOST_TICKET = "lost ticket"
    DISCOUNT = "discount"
    EARLIER = "earlier"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what, from when to when (UTC; None for the whole stay), how much, by which version of the tariff."""

    kind: LineKind
    text: str
    amount: Money
    version: str
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Carry:
    """What the earlier parts of a visit hand on: a re-entry is billed as the whole visit less what they cost.

    ``parts``: from when to when the car was inside (UTC), in order; ``billed``: what these cost, in minor units.
    ``codes`` and ``vehicle_class`` hold for the whole visit.
    """

    parts: tuple[tuple[datetime, datetime], ...] = ()
    billed: int = 0
    codes: tuple[str, ...] = ()
    vehicle_class: str = ""


@dataclass(frozen=True, slots=True)
class Bill:
    """The lines of a stay and their total; ``carry`` goes into the bill of a re-entry."""

    lines: tuple[Line, ...]
    total: Money
    carry: Carry

    @property
    def versions(self) -> tuple[str, ...]:
        """Ids of the tariff versions that were applied, in the order of the lines."""
        return tuple(dict.fromkeys(line.version for line in self.lines))

    def explain(self, zone: ZoneInfo) -> str:
        """Return the bill as text, times in ``zone`` with their offset."""
        rows = []
        for line in self.lines:
            when = ""
            if line.start and line.end:
                begin, finish = (moment.astimezone(zone) for moment in (line.start, line.end))
                when = f"{begin:%Y-%m-%d %H:%M:%S%z} - {finish:%Y-%m-%d %H:%M:%S%z}"
            rows.append((when, line.text, str(line.amount), line.version))
        widths = [max((len(row[i]) for row in rows), default=0) for i in range(3)]
        text = [f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c:>{widths[2]}}  [{d}]" for a, b, c, d in rows]
        return "\n".join([*text, f"total {self.total}"])
