# SPDX-License-Identifier: Apache-2.0
"""Wheel radius and separation out of a drive whose true motion is known.

With the true scale s of the radius and the true separation b, a leg of nominal wheel ways l and r (m) moves the robot
by d = s (l + r) / 2 and turns it by s (r - l) / b. Both are linear: s comes from the straight legs, s / b from the
turns, each by least squares through the origin.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from robot_base.errors import CalibrationError
from robot_base.kinematics import DifferentialDrive

_STRAIGHT = 0.5  # m; shorter legs say little about the radius
_TURN = 0.7  # rad; smaller turns say little about the separation
_PLAUSIBLE = (0.8, 1.25)  # a correction beyond this is a mistake, not a calibration


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg from standstill to standstill: nominal wheel ways (m), true way (m, signed) and true turn (rad)."""

    left: float
    right: float
    distance: float
    turn: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """The result (m), and how far the legs still disagree with it: relative, root mean square."""

    wheel_radius: float
    wheel_separation: float
    residual_distance: float
    residual_turn: float


def calibrate(legs: Sequence[Leg], nominal: DifferentialDrive) -> Calibration:
    """Fit the geometry. Raises CalibrationError when the drive cannot tell or the result is implausible."""
    straight = [leg for leg in legs if abs(leg.distance) >= _STRAIGHT and abs(leg.turn) < _TURN / 2]
    turns = [leg for leg in legs if abs(leg.turn) >= _TURN]
    if not straight or not turns:
        raise CalibrationError(
            f"{len(straight)} straight legs and {len(turns)} turns are not enough",
            hint="was the robot stopped by an obstacle? it needs free space of about 3 m x 3 m",
        )
    scale, rest = _slope([((leg.left + leg.right) / 2, leg.distance) for leg in straight])
    rate, turn_rest = _slope([(leg.right - leg.left, leg.turn) for leg in turns])
    radius, separation = scale * nominal.wheel_radius, scale / rate
    for name, value, before in (
        ("wheel radius", radius, nominal.wheel_radius),
        ("wheel separation", separation, nominal.wheel_separation),
    ):
        if not _PLAUSIBLE[0] <= value / before <= _PLAUSIBLE[1]:
            raise CalibrationError(
                f"a {name} of {value:.4f} m is too far from the configured {before:.4f} m",
                hint="do the wheels slip, or is the reference another robot's?",
            )
    return Calibration(radius, separation, rest, turn_rest)


def _slope(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Slope of y = a x by least squares, and the relative root mean square of what is left."""
    xx, xy = sum(x * x for x, _ in pairs), sum(x * y for x, y in pairs)
    if xx == 0 or xy == 0:
        raise CalibrationError("the wheels did not turn", hint="is the drive armed?")
    slope = xy / xx
    rest = math.sqrt(sum((y - slope * x) ** 2 for x, y in pairs) / sum(y * y for _, y in pairs))
    return slope, rest
