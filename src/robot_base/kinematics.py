# SPDX-License-Identifier: Apache-2.0
"""Geometry of a differential drive: wheel speeds from a velocity and back."""

import math
from dataclasses import dataclass

from robot_base.errors import BaseConfigError
from robot_base.velocity import Velocity

_ABSURD = 10.0  # times the fastest wheel


@dataclass(frozen=True, slots=True)
class DifferentialDrive:
    """Wheel radius, distance between the wheels' tracks (m) and the highest speed of a wheel's rim (m/s)."""

    wheel_radius: float
    wheel_separation: float
    max_wheel_speed: float = 1.2

    def __post_init__(self) -> None:
        for name, low, high in (
            ("wheel_radius", 0.01, 1.0),
            ("wheel_separation", 0.05, 5.0),
            ("max_wheel_speed", 0.05, 10.0),
        ):
            value = getattr(self, name)
            if not (math.isfinite(value) and low <= value <= high):
                raise BaseConfigError(f"{name} is {value}", hint=f"expected {low} to {high}")
        if self.wheel_radius > self.wheel_separation:
            raise BaseConfigError(
                f"wheels of radius {self.wheel_radius} m do not fit {self.wheel_separation} m apart",
                hint="were wheel_radius and wheel_separation swapped?",
            )

    def is_absurd(self, velocity: Velocity) -> bool:
        """Whether a request is no number, or so fast that it is a mistake and not merely more than the wheels can."""
        if not velocity.is_finite:
            return True
        rim = abs(velocity.linear) + abs(velocity.angular) * self.wheel_separation / 2
        return rim > _ABSURD * self.max_wheel_speed

    def wheel_speeds(self, velocity: Velocity) -> tuple[float, float]:
        """Rim speeds (left, right) in m/s; too fast a request keeps its arc. What is not a number becomes a stop."""
        if not velocity.is_finite:
            return 0.0, 0.0
        turn = velocity.angular * self.wheel_separation / 2
        left, right = velocity.linear - turn, velocity.linear + turn
        factor = min(1.0, self.max_wheel_speed / max(abs(left), abs(right), 1e-9))
        return left * factor, right * factor

    def velocity(self, left: float, right: float) -> Velocity:
        """The velocity that wheel speeds (or, in metres, wheel ways) amount to."""
        return Velocity((left + right) / 2, (right - left) / self.wheel_separation)
