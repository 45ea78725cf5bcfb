# SPDX-License-Identifier: Apache-2.0
"""Poses in the plane (REP 103: x forward, y left, yaw counter-clockwise; metres, radians)."""

from __future__ import annotations

import math
from dataclasses import dataclass


def normalise_angle(angle: float) -> float:
    """Return the same direction in (-pi, pi]."""
    wrapped = math.remainder(angle, math.tau)
    return math.pi if wrapped == -math.pi else wrapped


def yaw_to_quaternion(yaw: float) -> tuple[float, float, float, float]:
    """Return (x, y, z, w) of a rotation by `yaw` radians about z."""
    return 0.0, 0.0, math.sin(yaw / 2.0), math.cos(yaw / 2.0)


def quaternion_to_yaw(x: float, y: float, z: float, w: float) -> float:
    """Return the rotation about z, in radians, of a unit quaternion (z-y-x Euler angles)."""
    return math.atan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))


@dataclass(frozen=True, slots=True)
class SE2:
    """A pose, or the transform that takes coordinates of this pose's frame to its parent's."""

    x: float = 0.0
    y: float = 0.0
    yaw: float = 0.0

    def compose(self, other: SE2) -> SE2:
        """Return `other`, given in this pose's frame, in the parent's frame."""
        c, s = math.cos(self.yaw), math.sin(self.yaw)
        return SE2(
            self.x + c * other.x - s * other.y,
            self.y + s * other.x + c * other.y,
            normalise_angle(self.yaw + other.yaw),
        )

    def inverse(self) -> SE2:
        """Return the pose of the parent's frame in this one's."""
        c, s = math.cos(self.yaw), math.sin(self.yaw)
        return SE2(-c * self.x - s * self.y, s * self.x - c * self.y, normalise_angle(-self.yaw))

    def between(self, other: SE2) -> SE2:
        """Return `other` as seen from this pose; both are given in the same frame."""
        return self.inverse().compose(other)

    def apply(self, x: float, y: float) -> tuple[float, float]:
        """Return a point of this pose's frame in the parent's frame."""
        c, s = math.cos(self.yaw), math.sin(self.yaw)
        return self.x + c * x - s * y, self.y + s * x + c * y

    def distance_to(self, other: SE2) -> float:
        """Return the distance between the two positions, in metres."""
        return math.hypot(other.x - self.x, other.y - self.y)
