# SPDX-License-Identifier: Apache-2.0
"""When each finding began, and when it is over: the next one like it is another, which is told and filed again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from parking_robot.bays.findings import Finding

GONE_S = 60.0
"""So long a bay is seen empty before its findings are over: who makes room for a moment does not begin anew."""
FORGOTTEN_S = 86400.0
"""After so long without it a finding is over, also where nobody has looked since."""


@dataclass(slots=True)
class _Lasting:
    bay_id: str
    began: datetime
    seen_s: float
    empty_since_s: float | None = None


class Occurrences:
    """The findings that last. A finding that pauses while its bay is not seen empty goes on: a plate that is read
    worse from another side, a bay that the robot has not looked into for a while, a ledger that is away."""

    def __init__(self) -> None:
        self._lasting: dict[str, _Lasting] = {}

    def date(self, now_s: float, at: datetime, found: Sequence[Finding], empty: Collection[str]) -> list[Finding]:
        """Return the findings of this moment with their beginnings; ``empty`` are the bays that are believed free.

        ``now_s`` (robot's clock) and ``at`` (ledger's clock) are the same moment.
        """
        there = {finding.subject for finding in found}
        for subject in [subject for subject in self._lasting if subject not in there]:
            if self._is_over(self._lasting[subject], now_s, empty):
                del self._lasting[subject]
        dated = []
        for finding in found:
            lasting = self._lasting.get(finding.subject)
            if lasting is None or now_s - lasting.seen_s >= FORGOTTEN_S:
                lasting = self._lasting[finding.subject] = _Lasting(finding.bay_id, at, now_s)
            lasting.seen_s, lasting.empty_since_s = now_s, None
            dated.append(replace(finding, began=lasting.began))
        return dated

    @staticmethod
    def _is_over(lasting: _Lasting, now_s: float, empty: Collection[str]) -> bool:
        if lasting.bay_id not in empty:
            lasting.empty_since_s = None
        elif lasting.empty_since_s is None:
            lasting.empty_since_s = now_s
        emptied = lasting.empty_since_s is not None and now_s - lasting.empty_since_s >= GONE_S
        return emptied or now_s - lasting.seen_s >= FORGOTTEN_S
