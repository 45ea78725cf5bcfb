# SPDX-License-Identifier: Apache-2.0
"""Planar velocity of a differential drive, in base_footprint (REP 103: x forward, yaw counter-clockwise)."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Velocity:
    """Forward speed in m/s and yaw rate in rad/s."""

    linear: float = 0.0
    angular: float = 0.0

    @property
    def is_zero(self) -> bool:
        """True for an exact stop."""
        return self.linear == 0.0 and self.angular == 0.0

    @property
    def is_finite(self) -> bool:
        """False when either part is NaN or infinite."""
        return math.isfinite(self.linear) and math.isfinite(self.angular)

    def scaled(self, factor: float) -> "Velocity":
        """Both parts times `factor`: the same arc, driven slower."""
        return Velocity(self.linear * factor, self.angular * factor)


STOP = Velocity()


def clamp(request: Velocity, max_forward: float, max_reverse: float, max_turn: float) -> Velocity:
    """Bring a request inside the limits (all >= 0; m/s, m/s, rad/s) without changing the arc that it describes."""
    factor = 1.0
    bound = max_forward if request.linear > 0 else max_reverse
    if abs(request.linear) > bound:
        factor = bound / abs(request.linear)
    if abs(request.angular) * factor > max_turn:
        factor = max_turn / abs(request.angular)
    return request.scaled(factor)


def speed_up_limited(previous: Velocity, request: Velocity, dt: float, linear: float, angular: float) -> Velocity:
    """Follow `request`, gaining speed by at most `linear` m/s2 and `angular` rad/s2 over `dt` s (>= 0).

    Losing speed is never delayed here: how hard the robot can brake is the base's own affair.
    """
    return Velocity(
        _speed_up(previous.linear, request.linear, linear * dt),
        _speed_up(previous.angular, request.angular, angular * dt),
    )


def _speed_up(value: float, target: float, step: float) -> float:
    start = abs(value) if value * target > 0 else 0.0
    return math.copysign(min(abs(target), start + step), target)
