# SPDX-License-Identifier: Apache-2.0
"""Keeps simulated time beside real time."""

from __future__ import annotations

from ronda_core.clock import Clock

GIVE_UP_S = 0.5
"""A simulation that lags further than this behind does not catch up: it would run too fast afterwards."""


class Pacer:
    """Says how long to wait so that simulated time runs at `factor` times real time; 0: never wait."""

    def __init__(self, factor: float, clock: Clock) -> None:
        self._factor = factor
        self._clock = clock
        self._origin: tuple[float, float] | None = None

    def wait(self, simulated: float) -> float:
        """Return the seconds to sleep at the simulated time."""
        if self._factor <= 0:
            return 0.0
        now = self._clock.monotonic()
        if self._origin is None:
            self._origin = (now, simulated)
        ahead = self._origin[0] + (simulated - self._origin[1]) / self._factor - now
        if ahead < -GIVE_UP_S:
            self._origin = (now, simulated)
        return max(ahead, 0.0)
