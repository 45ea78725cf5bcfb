# SPDX-License-Identifier: Apache-2.0
"""How far to step a simulated device so that its time is the simulator's, at whatever speed that runs."""

import math

SILENCE = 0.1
"""Wall seconds without simulated time after which the device lives on by itself: its telemetry must not stop."""
LIFE_SIGN = 20
"""Milliseconds of such a step; they are taken off the next ones."""
_LONGEST = 1000  # ms; a simulator that jumped further was restarted
_NEVER = -math.inf


class SteppedTime:
    """Counts what the device was told, so that neither rounding nor life signs add up."""

    def __init__(self) -> None:
        self._origin: float | None = None
        self._told = 0
        self._stepped_at = _NEVER

    def follow(self, simulated: float, wall: float) -> int:
        """Milliseconds to step now that simulated time (s) has come; 0 while the device is ahead. `wall`: steady s."""
        due = _LONGEST + 1 if self._origin is None else round((simulated - self._origin) * 1000) - self._told
        if not -_LONGEST <= due <= _LONGEST:
            self._origin = simulated - self._told / 1000
            return 0
        return self._count(max(due, 0), wall)

    def idle(self, wall: float) -> int:
        """Milliseconds to step at steady time `wall` (s) because simulated time stays away; mostly 0."""
        return self._count(LIFE_SIGN, wall) if wall - self._stepped_at > SILENCE else 0

    def _count(self, milliseconds: int, wall: float) -> int:
        if milliseconds > 0:
            self._told += milliseconds
            self._stepped_at = wall
        return milliseconds
