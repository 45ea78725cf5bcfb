# SPDX-License-Identifier: Apache-2.0
"""The gate's date: it goes on evenly when the computer's clock jumps, so that no stay becomes an hour longer by it.

Small corrections (a time server's) are followed at once. A jump is reported, and believed only when the clock has kept
to it for `settle_s`: then it was set right on purpose.
"""

from __future__ import annotations

from datetime import UTC, datetime

from ronda_core.clock import Clock


class SteadyDate:
    """``tolerance_s``: corrections up to this are followed at once."""

    def __init__(self, clock: Clock, tolerance_s: float = 30.0, settle_s: float = 300.0) -> None:
        self._clock, self._tolerance, self._settle = clock, tolerance_s, settle_s
        self._offset = clock.now() - clock.monotonic()
        self._jumped_at: float | None = None
        self.jump_s = 0.0

    def now(self) -> datetime:
        """Return the date (UTC)."""
        elapsed = self._clock.monotonic()
        ahead = self._clock.now() - (elapsed + self._offset)
        if abs(ahead) <= self._tolerance:
            self._offset += ahead
            self._jumped_at, self.jump_s = None, 0.0
        elif self._jumped_at is None:
            self._jumped_at, self.jump_s = elapsed, ahead
        elif elapsed - self._jumped_at >= self._settle:
            self._offset += ahead
            self._jumped_at, self.jump_s = None, 0.0
        return datetime.fromtimestamp(elapsed + self._offset, UTC)

    @property
    def problem(self) -> str:
        """Return what is wrong with the computer's clock; empty when nothing is."""
        if not self.jump_s:
            return ""
        return f"the computer's clock jumped by {self.jump_s:+.0f} s; the gate goes on with its own time"
