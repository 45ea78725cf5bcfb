# SPDX-License-Identifier: Apache-2.0
"""What the gate wants of its barrier, asked for again until the barrier does it; it never insists on closing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Arm(StrEnum):
    """What the barrier says of itself. MOVING_UP counts as doing what it was asked to when it is to open."""

    UNKNOWN = "unknown"
    UP = "up"
    MOVING_UP = "moving up"
    DOWN = "down"
    MOVING_DOWN = "moving down"
    STOPPED = "stopped"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class BarrierLimits:
    """Seconds: between two requests, and until it counts as failed."""

    repeat_s: float = 1.0
    failed_s: float = 4.0


class BarrierDesk:
    """Holds the wish: True open, False closed, None: leave it alone."""

    def __init__(self, limits: BarrierLimits) -> None:
        self._limits = limits
        self._wish: bool | None = None
        self._reason = ""
        self._wished_at = self._asked_at = 0.0
        self._failed = False

    @property
    def reason(self) -> str:
        """Return why the barrier is asked to do what it is asked to do."""
        return self._reason

    def want(self, opened: bool, now: float, reason: str) -> None:
        """Wish for it open or closed; the caller asks for it at once."""
        self._wish, self._reason, self._failed = opened, reason, False
        self._wished_at = self._asked_at = now

    def leave(self) -> None:
        """Wish for nothing more: a car has gone under it, and it may close by itself."""
        self._wish = None

    def step(self, arm: Arm, under: bool, now: float) -> tuple[bool | None, bool]:
        """Return what to ask for again now (None: nothing), and whether the barrier has just failed to open."""
        if self._wish is None or now - self._asked_at < self._limits.repeat_s:
            return None, False
        if self._wish:
            if arm in (Arm.UP, Arm.MOVING_UP):
                return None, False
            failed = not self._failed and now - self._wished_at >= self._limits.failed_s
            self._failed = self._failed or failed
            self._asked_at = now
            return True, failed
        if arm is Arm.DOWN:
            self._wish = None
            return None, False
        if under or arm is Arm.MOVING_DOWN:
            return None, False
        self._asked_at = now
        return False, False
