# SPDX-License-Identifier: Apache-2.0
"""Where the wheels say the robot is: dead reckoning from encoder ticks."""

import math
from dataclasses import dataclass

from robot_base.kinematics import DifferentialDrive
from robot_base.velocity import STOP, Velocity
from ronda_core.se2 import SE2

_LONGEST_MOVE = 1.0  # m between two readings: the counter was reset, the wheel did not turn so far


def ticks_between(before: int, after: int) -> int:
    """Difference of two readings of a 32-bit counter that wraps, taken the short way round."""
    return (after - before + 0x80000000) % 0x100000000 - 0x80000000


@dataclass(frozen=True, slots=True)
class OdometryNoise:
    """Variance gained per metre driven and radian turned, and the floor of the twist's variance."""

    way: float = 2e-4  # m2 per m
    yaw_per_radian: float = 2e-3  # rad2 per rad
    yaw_per_metre: float = 5e-4  # rad2 per m
    twist: float = 1e-4
    slip_factor: float = 25.0


class Odometry:
    """Pose in the odometry frame, covariance and wheel angles. Readings may come at any rate."""

    def __init__(self, drive: DifferentialDrive, noise: OdometryNoise | None = None) -> None:
        self._drive = drive
        self._noise = noise or OdometryNoise()
        self._ticks: tuple[int, int] | None = None
        self._at = 0.0
        self.pose = SE2()
        self.twist = STOP
        self.variance = (0.0, 0.0, 0.0)  # x, y (m2), yaw (rad2)
        self.wheel_angles = (0.0, 0.0)  # rad, left and right

    def update(self, left: int, right: int, ticks_per_metre: float, at: float, *, slipping: bool = False) -> None:
        """Take a reading of the counters at time `at` (s, monotonic)."""
        before, self._ticks = self._ticks, (left, right)
        elapsed, self._at = at - self._at, at
        if before is None:
            return
        ways = [ticks_between(b, a) / ticks_per_metre for b, a in zip(before, (left, right), strict=True)]
        if max(map(abs, ways)) > _LONGEST_MOVE:
            self.twist = STOP
            return
        move = self._drive.velocity(*ways)
        self.wheel_angles = (
            self.wheel_angles[0] + ways[0] / self._drive.wheel_radius,
            self.wheel_angles[1] + ways[1] / self._drive.wheel_radius,
        )
        self.pose = self.pose.compose(_arc(move))
        self._spread(move, slipping)
        if elapsed > 1e-6:
            self.twist = Velocity(move.linear / elapsed, move.angular / elapsed)

    def restart_counters(self) -> None:
        """The device was restarted: its counters begin anew, the pose stays."""
        self._ticks = None
        self.twist = STOP

    def _spread(self, move: Velocity, slipping: bool) -> None:
        noise = self._noise
        factor = noise.slip_factor if slipping else 1.0
        way, turn = abs(move.linear), abs(move.angular)
        x, y, yaw = self.variance
        # First order: the heading's error shifts the position sideways by way * error.
        c, s = math.cos(self.pose.yaw), math.sin(self.pose.yaw)
        along, across = noise.way * way * factor, yaw * way * way
        self.variance = (
            x + along * c * c + across * s * s,
            y + along * s * s + across * c * c,
            yaw + (noise.yaw_per_radian * turn + noise.yaw_per_metre * way) * factor,
        )


def _arc(move: Velocity) -> SE2:
    """The pose at the end of an arc of length `linear` (m) and turn `angular` (rad), exactly."""
    if abs(move.angular) < 1e-9:
        return SE2(move.linear, 0.0, move.angular)
    radius = move.linear / move.angular
    return SE2(radius * math.sin(move.angular), radius * (1 - math.cos(move.angular)), move.angular)


class SlipDetector:
    """Compares the yaw rate of the wheels with the gyroscope's: wheels that turn more than the robot are slipping."""

    def __init__(self, threshold: float = 0.3, duration: float = 0.3) -> None:
        self._threshold, self._duration = threshold, duration
        self._since: float | None = None

    def update(self, wheels: float, gyroscope: float, at: float) -> bool:
        """True while the two (rad/s) have differed for the duration. `at` in s."""
        if abs(wheels - gyroscope) <= self._threshold or not math.isfinite(gyroscope):
            self._since = None
            return False
        if self._since is None:
            self._since = at
        return at - self._since >= self._duration
