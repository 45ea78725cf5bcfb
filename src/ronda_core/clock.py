# SPDX-License-Identifier: Apache-2.0
"""Clocks that are handed in, so that code which waits or measures age can be tested without waiting."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Time in seconds."""

    def now(self) -> float:
        """Return the date: seconds since the Unix epoch (or since the start of a simulation). May jump."""
        ...

    def monotonic(self) -> float:
        """Return seconds since some fixed moment, for ages and time-outs. Never goes back."""
        ...


class SystemClock:
    """The computer's clocks."""

    def now(self) -> float:
        """Return seconds since the Unix epoch."""
        return time.time()

    def monotonic(self) -> float:
        """Return seconds of the monotonic clock."""
        return time.monotonic()


class ManualClock:
    """A clock that moves when told to."""

    def __init__(self, start: float = 0.0) -> None:
        self._date = start
        self._elapsed = 0.0

    def now(self) -> float:
        """Return the date as set."""
        return self._date

    def monotonic(self) -> float:
        """Return the seconds advanced so far."""
        return self._elapsed

    def advance(self, seconds: float) -> None:
        """Let time pass; `seconds` must not be negative."""
        if seconds < 0:
            raise ValueError("time passes forwards; use jump() to set the date back")
        self._date += seconds
        self._elapsed += seconds

    def jump(self, seconds: float) -> None:
        """Set the date forwards or back, as a person or a time server does; no time passes."""
        self._date += seconds
