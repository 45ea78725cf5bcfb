# SPDX-License-Identifier: Apache-2.0
"""The differential drive as Gazebo's DiffDrive system does it.

Each physics step the body velocities are clamped and ramped, linear and angular each on its own, and turned into wheel
speeds; odometry integrates the measured turns of the wheels. A command holds until the next one, or, where a time-out
is set, until it is too old: then the drive ramps down to a stop.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from robot_simulation.embedded.robot import DriveBlock, DriveLimits
from ronda_core.se2 import SE2

VELOCITY_WINDOW = 10
"""Steps over which odometry's velocity is averaged, as in Gazebo."""


def ramp(target: float, current: float, limits: DriveLimits, dt: float) -> float:
    """Return the velocity after `dt` on the way from `current` to `target`, within the limits."""
    wanted = min(max(target, limits.min_velocity), limits.max_velocity)
    change = min(max(wanted - current, limits.min_acceleration * dt), limits.max_acceleration * dt)
    return current + change


class DiffDrive:
    """Commands in, wheel speeds out.

    :param timeout: seconds until a command is too old; 0: never (Gazebo's way)
    """

    def __init__(self, block: DriveBlock, timeout: float = 0.0) -> None:
        self._block = block
        self._timeout = timeout
        self._target = (0.0, 0.0)
        self._commanded_at: float | None = None
        self.linear = 0.0
        self.angular = 0.0

    def command(self, linear: float, angular: float, now: float) -> None:
        """Take a command in m/s and rad/s. One that is not a number counts as a stop."""
        self._target = (linear, angular) if math.isfinite(linear) and math.isfinite(angular) else (0.0, 0.0)
        self._commanded_at = now

    def command_age(self, now: float) -> float:
        """Return seconds since the last command, NaN before the first."""
        return math.nan if self._commanded_at is None else now - self._commanded_at

    def timed_out(self, now: float) -> bool:
        """Whether the last command is too old to be followed."""
        return self._timeout > 0 and self._commanded_at is not None and now - self._commanded_at > self._timeout

    def step(self, now: float, dt: float) -> tuple[float, float]:
        """Advance the ramps by `dt` and return the speeds of the left and right wheels in rad/s."""
        linear, angular = (0.0, 0.0) if self.timed_out(now) else self._target
        self.linear = ramp(linear, self.linear, self._block.linear, dt)
        self.angular = ramp(angular, self.angular, self._block.angular, dt)
        half = self.angular * self._block.wheel_separation / 2.0
        return (self.linear - half) / self._block.wheel_radius, (self.linear + half) / self._block.wheel_radius


@dataclass(frozen=True, slots=True)
class OdometryError:
    """How far the robot's own idea of its wheels is from the truth: shares of radius and separation."""

    left_radius: float = 0.0
    right_radius: float = 0.0
    separation: float = 0.0


class Odometry:
    """Where the robot thinks it is, from the turns of its wheels, starting at the origin."""

    def __init__(self, block: DriveBlock, error: OdometryError | None = None) -> None:
        error = error or OdometryError()
        self._left_radius = block.wheel_radius * (1.0 + error.left_radius)
        self._right_radius = block.wheel_radius * (1.0 + error.right_radius)
        self._separation = block.wheel_separation * (1.0 + error.separation)
        self._last: tuple[float, float] | None = None
        self._steps: deque[tuple[float, float, float]] = deque(maxlen=VELOCITY_WINDOW)
        self.pose = SE2()

    def update(self, left: float, right: float, dt: float) -> None:
        """Take the wheels' positions in radians after a step of `dt` seconds."""
        if self._last is None:
            self._last = (left, right)
            return
        left_way = (left - self._last[0]) * self._left_radius
        right_way = (right - self._last[1]) * self._right_radius
        self._last = (left, right)
        forward, turn = (left_way + right_way) / 2.0, (right_way - left_way) / self._separation
        middle = self.pose.yaw + turn / 2.0
        # The chord of the arc that was driven; exact for constant velocities within the step.
        chord = forward if abs(turn) < 1e-9 else forward * math.sin(turn / 2.0) / (turn / 2.0)
        self.pose = SE2(
            self.pose.x + chord * math.cos(middle), self.pose.y + chord * math.sin(middle), self.pose.yaw + turn
        )
        self._steps.append((forward, turn, dt))

    def velocity(self) -> tuple[float, float]:
        """Return the mean velocity of the last steps in m/s and rad/s."""
        time = sum(step[2] for step in self._steps)
        if time <= 0:
            return 0.0, 0.0
        return sum(step[0] for step in self._steps) / time, sum(step[1] for step in self._steps) / time
