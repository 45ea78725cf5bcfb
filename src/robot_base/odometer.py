# SPDX-License-Identifier: Apache-2.0
"""Counts the way that a robot has gone, whatever the direction."""

import math

from ronda_core.se2 import SE2, normalise_angle

_JUMP = 1.0  # m between two messages: the odometry was reset, the robot did not go there


class Odometer:
    """Sum of the moves between poses; turning counts as the way of a point at `radius` metres from the centre."""

    def __init__(self, radius: float) -> None:
        self._radius = radius
        self._last: SE2 | None = None
        self.travel = 0.0

    def update(self, pose: SE2) -> float:
        """Add the move to `pose` (odometry frame) and return the whole way in metres."""
        if self._last is not None:
            move = math.hypot(pose.x - self._last.x, pose.y - self._last.y)
            turn = abs(normalise_angle(pose.yaw - self._last.yaw)) * self._radius
            if move < _JUMP:
                self.travel += move + turn
        self._last = pose
        return self.travel
