# SPDX-License-Identifier: Apache-2.0
"""What the robot tries when it is stuck: wait, forget old obstacles, back up a little, turn and look again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from robot_navigation.footprint import Footprint, Obstacles, arc, first_contact
from ronda_core.se2 import SE2, normalise_angle


class Recovery(Enum):
    """The behaviours, named as Nav2 names them."""

    WAIT = "wait"
    CLEAR = "clear_costmap"
    BACK_UP = "backup"
    SPIN = "spin"


LADDER = (Recovery.CLEAR, Recovery.WAIT, Recovery.BACK_UP, Recovery.SPIN, Recovery.WAIT, Recovery.BACK_UP)


@dataclass(frozen=True)
class RecoverySettings:
    """Seconds, metres, m/s, radians, rad/s."""

    wait: float = 4.0
    backup_distance: float = 0.35
    backup_speed: float = 0.12
    spin_angle: float = 1.57
    spin_speed: float = 0.6
    longest: float = 8.0


class RunningRecovery:
    """One behaviour while it runs. It ends when it is done, when it would touch something, or after `longest`."""

    def __init__(self, kind: Recovery, settings: RecoverySettings, odom: SE2, now: float) -> None:
        self.kind = kind
        self._settings = settings
        self._start, self._began = odom, now
        self._turned, self._last_yaw = 0.0, odom.yaw
        self._direction = 0.0

    def step(self, odom: SE2, obstacles: Obstacles, footprint: Footprint, now: float) -> tuple[float, float] | None:
        """(speed, turn) for now, in m/s and rad/s; None when the behaviour has ended."""
        elapsed = now - self._began
        if self.kind is Recovery.CLEAR or elapsed > self._settings.longest:
            return None
        if self.kind is Recovery.WAIT:
            return (0.0, 0.0) if elapsed < self._settings.wait else None
        if self.kind is Recovery.BACK_UP:
            return self._back_up(odom, obstacles, footprint)
        return self._spin(odom, obstacles, footprint)

    def _back_up(self, odom: SE2, obstacles: Obstacles, footprint: Footprint) -> tuple[float, float] | None:
        if self._start.distance_to(odom) >= self._settings.backup_distance:
            return None
        times = np.linspace(0.0, 1.5, 8)
        if first_contact(arc(-self._settings.backup_speed, 0.0, times), times, obstacles, footprint) is not None:
            return None
        return -self._settings.backup_speed, 0.0

    def _spin(self, odom: SE2, obstacles: Obstacles, footprint: Footprint) -> tuple[float, float] | None:
        self._turned += abs(normalise_angle(odom.yaw - self._last_yaw))
        self._last_yaw = odom.yaw
        if self._turned >= self._settings.spin_angle:
            return None
        times = np.linspace(0.0, 1.0, 8)
        for direction in (self._direction,) if self._direction else (1.0, -1.0):
            turn = direction * self._settings.spin_speed
            if first_contact(arc(0.0, turn, times), times, obstacles, footprint) is None:
                self._direction = direction
                return 0.0, turn
        return None
