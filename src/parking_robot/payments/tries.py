# SPDX-License-Identifier: Apache-2.0
"""How often something may be tried within some minutes: plates from one address, merchants' codes.

Kept in memory: a server that is started again begins anew, and no address of a person gets into the ledger.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

from parking_robot.errors import PaymentError
from ronda_core.clock import Clock


class TooManyTries(PaymentError):
    """Too much was tried in a short time; the hint says when to try again."""


class Tries:
    """Counts different tries by name. Safe to call from several threads."""

    def __init__(self, clock: Clock, most: int, within_s: float) -> None:
        """Allow ``most`` different tries of each name within any ``within_s``."""
        self._clock, self.most, self.within_s = clock, most, within_s
        self._tries: dict[str, dict[str, float]] = {}
        self._swept_s = clock.monotonic()
        self._lock = threading.Lock()

    def spend(self, names: Sequence[str], what: str) -> float:
        """Count a try for each name and return 0; where one of them has none left, count nothing.

        Returns the seconds until its next then. The same thing tried again is the same try.
        """
        now = self._clock.monotonic()
        with self._lock:
            self._sweep(now)
            waits = [self._wait_s(name, what, now) for name in names]
            if max(waits, default=0.0) > 0:
                return max(waits)
            for name in names:
                self._tries.setdefault(name, {}).setdefault(what, now)
        return 0.0

    def give_back(self, names: Sequence[str], what: str) -> None:
        """Take a try off again, such as one that was right."""
        with self._lock:
            for name in names:
                self._tries.get(name, {}).pop(what, None)

    def _wait_s(self, name: str, what: str, now: float) -> float:
        tries = {one: at for one, at in self._tries.get(name, {}).items() if now - at < self.within_s}
        if name in self._tries:
            self._tries[name] = tries
        if what in tries or len(tries) < self.most:
            return 0.0
        return min(tries.values()) + self.within_s - now

    def _sweep(self, now: float) -> None:
        """Forget names that tried nothing lately, so that many of them fill no memory."""
        if now - self._swept_s < self.within_s:
            return
        self._swept_s = now
        self._tries = {
            name: tries for name, tries in self._tries.items() if any(now - at < self.within_s for at in tries.values())
        }
