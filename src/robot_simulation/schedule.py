# SPDX-License-Identifier: Apache-2.0
"""When something that happens at a rate is due, in simulated time."""

from __future__ import annotations

import math


class Rate:
    """Due at 0, 1/rate, 2/rate, ... seconds; never twice for one of them."""

    def __init__(self, hertz: float) -> None:
        self._hertz = hertz
        self._next = 0

    def due(self, now: float) -> bool:
        """Whether the next moment has come. Moments that were passed over are left out."""
        # Half a nanosecond: the sum of many steps is not exactly their multiple.
        if now + 5e-10 < self._next / self._hertz:
            return False
        self._next = math.floor(now * self._hertz + 1e-6) + 1
        return True
