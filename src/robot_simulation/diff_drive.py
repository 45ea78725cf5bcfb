# SPDX-License-Identifier: Apache-2.0
"""Gazebo's DiffDrive: ramps of body velocities, wheel speeds, and odometry from wheel angles.

Behaviour measured on a real Gazebo server (docs/simulation.md): the ramps of linear and angular velocity are
independent and advance once per physics step; the odometry's twist is a mean over the last ten steps.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from robot_simulation.gazebo_blocks import DriveBlock, Limits
from ronda_core.se2 import SE2

MEAN_STEPS = 10


@dataclass(frozen=True, slots=True)
class Drift:
    """How odometry departs from the truth: per robot wrong radii, per metre slipping wheels.

    radius_stddev: relative error of each wheel's radius, drawn once; slip_stddev: m per sqrt(m) that a wheel rolled.
    """

    radius_stddev: float = 0.0
    slip_stddev: float = 0.0


@dataclass(frozen=True, slots=True)
class Odometry:
    """What the wheels say: pose since the start, forward speed (m/s) and turn rate (rad/s)."""

    pose: SE2
    v: float
    w: float


def ramp(current: float, wanted: float, limits: Limits, step: float) -> float:
    """Return the velocity after one step of `step` seconds on the way from `current` to `wanted`."""
    wanted = min(max(wanted, limits.min_velocity), limits.max_velocity)
    return current + min(max(wanted - current, limits.min_acceleration * step), limits.max_acceleration * step)


class DiffDrive:
    """The drive of one robot.

    :param block: what the description states
    :param step: physics step in seconds
    :param drift: errors of the odometry, drawn from `random`
    :param command_timeout: seconds after which a command counts as zero; 0: it holds for ever, as in Gazebo
    """

    def __init__(
        self,
        block: DriveBlock,
        step: float,
        drift: Drift,
        random: np.random.Generator,
        command_timeout: float = 0.0,
    ) -> None:
        self._block, self._step, self._drift, self._random = block, step, drift, random
        self._timeout = command_timeout
        self._scale = 1.0 + drift.radius_stddev * random.standard_normal(2)
        self._wanted = (0.0, 0.0)
        self._commanded_at: float | None = None
        self._v = self._w = 0.0
        self._angles: tuple[float, float] | None = None
        self._pose = SE2()
        self._recent: deque[tuple[float, float]] = deque(maxlen=MEAN_STEPS)

    def command(self, v: float, w: float, now: float) -> None:
        """Take a command: forward m/s, turn rad/s, at simulated time `now`. Numbers that are not finite mean zero."""
        self._wanted = (v if math.isfinite(v) else 0.0, w if math.isfinite(w) else 0.0)
        self._commanded_at = now

    def command_age(self, now: float) -> float:
        """Return the seconds since the last command, NaN without one."""
        return math.nan if self._commanded_at is None else now - self._commanded_at

    def timed_out(self, now: float) -> bool:
        """Whether the last command is too old to be obeyed."""
        return bool(self._timeout > 0.0 and self._commanded_at is not None and self.command_age(now) > self._timeout)

    def wheel_speeds(self, now: float) -> tuple[float, float]:
        """Advance the ramps by one step and return the wheels' speeds (left, right; rad/s)."""
        v, w = (0.0, 0.0) if self.timed_out(now) else self._wanted
        self._v = ramp(self._v, v, self._block.linear, self._step)
        self._w = ramp(self._w, w, self._block.angular, self._step)
        half = self._w * self._block.separation / 2
        return (self._v - half) / self._block.radius, (self._v + half) / self._block.radius

    def update(self, left: float, right: float) -> None:
        """Take the wheels' angles (rad) after a step."""
        if self._angles is None:
            self._angles = (left, right)
            return
        travel = self._block.radius * self._scale * np.subtract((left, right), self._angles)
        self._angles = (left, right)
        if self._drift.slip_stddev > 0.0:
            travel = travel + self._drift.slip_stddev * np.sqrt(np.abs(travel)) * self._random.standard_normal(2)
        forward, turn = float(travel.sum()) / 2, float(travel[1] - travel[0]) / self._block.separation
        # The chord of the arc lies at half the turn.
        heading = self._pose.yaw + turn / 2
        chord = forward if abs(turn) < 1e-9 else forward * math.sin(turn / 2) / (turn / 2)
        self._pose = SE2(
            self._pose.x + chord * math.cos(heading),
            self._pose.y + chord * math.sin(heading),
            math.remainder(self._pose.yaw + turn, math.tau),
        )
        self._recent.append((forward / self._step, turn / self._step))

    def odometry(self) -> Odometry:
        """Return what the odometry says now."""
        count = max(len(self._recent), 1)
        v, w = (sum(part) / count for part in zip(*self._recent, strict=True)) if self._recent else (0.0, 0.0)
        return Odometry(self._pose, v, w)
