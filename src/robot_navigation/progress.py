# SPDX-License-Identifier: Apache-2.0
"""Notices that the robot does not get anywhere. Named after Nav2's progress checker."""

from __future__ import annotations

from ronda_core.se2 import SE2


class ProgressChecker:
    """The robot must move `radius` metres within `allowance` seconds of the time in which it is meant to move."""

    def __init__(self, radius: float = 0.4, allowance: float = 8.0) -> None:
        self._radius = radius
        self._allowance = allowance
        self._anchor: SE2 | None = None
        self._spent = 0.0

    def reset(self) -> None:
        """Start counting again."""
        self._anchor, self._spent = None, 0.0

    def stuck(self, odom: SE2, elapsed: float) -> bool:
        """Whether the robot is stuck, `elapsed` seconds after the last call; do not call it while it has to wait."""
        if self._anchor is None or self._anchor.distance_to(odom) > self._radius:
            self._anchor, self._spent = odom, 0.0
            return False
        self._spent += elapsed
        return self._spent > self._allowance
