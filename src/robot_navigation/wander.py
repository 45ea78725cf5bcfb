# SPDX-License-Identifier: Apache-2.0
"""Careful motion without a map: straight on where it is free, else a turn; for finding the position."""

from __future__ import annotations

import math

import numpy as np

from robot_navigation.footprint import Footprint, Obstacles, arc, first_contact
from ronda_core.se2 import SE2, normalise_angle

SPEED = 0.25  # m/s
TURN = 0.6  # rad/s
LOOK = 4.0  # seconds


class Wander:
    """Starts with one full turn, which often is enough, then drives."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin with the turn again."""
        self._turned = 0.0
        self._last_yaw: float | None = None

    def step(self, odom: SE2, obstacles: Obstacles, footprint: Footprint) -> tuple[float, float]:
        """(speed, turn) in m/s and rad/s; zero when there is no room at all."""
        if self._last_yaw is not None:
            self._turned += abs(normalise_angle(odom.yaw - self._last_yaw))
        self._last_yaw = odom.yaw
        times = np.linspace(0.0, LOOK, 15)
        ahead = first_contact(arc(SPEED, 0.0, times), times, obstacles, footprint) is None
        if self._turned > 2 * math.pi and ahead:
            return SPEED, 0.0
        short = times / 4
        for turn in (TURN, -TURN):
            if first_contact(arc(0.0, turn, short), short, obstacles, footprint) is None:
                return 0.0, turn
        return (SPEED, 0.0) if ahead else (0.0, 0.0)
