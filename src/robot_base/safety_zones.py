# SPDX-License-Identifier: Apache-2.0
"""How fast the robot may go along an arc, given the points that the laser sees.

The footprint is swept along the arc of the velocity in question. A point blocks where it comes nearer than the margin
*and* nearer than it is now: so a robot that already stands too close may turn or back away, but neither go closer nor
touch what it does not touch yet. The speed is limited so that the way to a standstill, v t + v^2 / (2 a) (reaction t,
deceleration a), fits into the free way.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from robot_base.errors import BaseConfigError
from robot_base.velocity import Velocity

Points = NDArray[np.float64]

CRAWL = 0.02  # m/s; slower than this counts as turning on the spot
_STEP = 0.05  # m between two poses of the swept footprint: well below the margin
_NEARER = 0.005  # m; a point must come this much nearer to count: below the noise of a lidar


@dataclass(frozen=True, slots=True)
class Footprint:
    """Rectangle around the robot in base_footprint: distances (m) from the centre of the axle."""

    front: float = 0.23
    rear: float = 0.21
    half_width: float = 0.20

    def __post_init__(self) -> None:
        if not all(math.isfinite(side) and side > 0 for side in (self.front, self.rear, self.half_width)):
            raise BaseConfigError(
                f"a footprint of {self.front} m to the front, {self.rear} m to the rear and {self.half_width} m to "
                "each side is no rectangle around the axle",
                hint="give three positive distances in metres",
            )

    @property
    def radius(self) -> float:
        """Distance of the farthest corner, m."""
        return math.hypot(max(self.front, self.rear), self.half_width)

    def distance(self, x: Points, y: Points) -> Points:
        """Signed distance (m, negative inside) of points from the edge of the rectangle."""
        dx = np.abs(x - (self.front - self.rear) / 2) - (self.front + self.rear) / 2
        dy = np.abs(y) - self.half_width
        outside = np.sqrt(np.square(np.maximum(dx, 0)) + np.square(np.maximum(dy, 0)))
        return outside + np.minimum(np.maximum(dx, dy), 0)


@dataclass(frozen=True, slots=True)
class ZoneLimits:
    """Braking model and zones. Seconds, m/s2, rad/s2, metres, m/s."""

    reaction: float = 0.25
    braking: float = 0.8
    turn_braking: float = 1.6
    stop_margin: float = 0.10
    turn_margin: float = 0.03
    slow_margin: float = 0.15
    slow_speed: float = 0.4


@dataclass(frozen=True, slots=True)
class FreeWay:
    """Seconds at the given velocity until a point blocks (inf: none within the horizon) and the clearance beside it."""

    seconds: float
    clearance: float


def stopping_distance(speed: float, reaction: float, braking: float) -> float:
    """Way to a standstill from `speed` >= 0: v t + v^2 / (2 a)."""
    return speed * reaction + speed * speed / (2 * braking)


def speed_for(distance: float, reaction: float, braking: float) -> float:
    """The speed whose stopping distance is `distance` (>= 0); inverse of `stopping_distance`."""
    if math.isinf(distance):
        return math.inf
    return braking * (math.sqrt(reaction * reaction + 2 * max(distance, 0.0) / braking) - reaction)


def free_way(points: Points, velocity: Velocity, footprint: Footprint, limits: ZoneLimits, horizon: float) -> FreeWay:
    """Follow the arc of `velocity` for `horizon` metres (or, turning on the spot, half a turn) past points (n, 2)."""
    speed = max(abs(velocity.linear), abs(velocity.angular) * footprint.radius)
    if speed == 0 or len(points) == 0:
        return FreeWay(math.inf, math.inf)
    driving = abs(velocity.linear) >= CRAWL or velocity.angular == 0
    margin = limits.stop_margin if driving else limits.turn_margin
    duration = horizon / abs(velocity.linear) if driving else math.pi / abs(velocity.angular)
    duration = min(duration, (math.pi * footprint.radius + horizon) / speed)
    reach = abs(velocity.linear) * duration + footprint.radius + limits.slow_margin
    near = points[np.hypot(points[:, 0], points[:, 1]) < reach]
    if len(near) == 0:
        return FreeWay(math.inf, math.inf)
    times = np.linspace(0.0, duration, max(2, math.ceil(duration * speed / _STEP)) + 1)
    distances = footprint.distance(*_seen_from(near, velocity, times))
    # A point that is closer to the hull than the noise allowance blocks when half of its distance is used up.
    nearer = np.where(distances[0] > 0, np.minimum(_NEARER, distances[0] / 2), _NEARER)
    blocking = (distances < margin) & (distances < distances[0] - nearer)
    rows = np.flatnonzero(blocking.any(axis=1))
    if len(rows) == 0:
        return FreeWay(math.inf, float(distances.min()))
    row = int(rows[0])
    before, after = distances[row - 1, blocking[row]], distances[row, blocking[row]]
    share = np.clip((before - margin) / np.maximum(before - after, 1e-9), 0.0, 1.0).min()
    seconds = times[row - 1] + float(share) * (times[row] - times[row - 1])
    passed = distances[: row + 1, ~blocking[row]]
    return FreeWay(float(seconds), float(passed.min(initial=math.inf)))


def _seen_from(points: Points, velocity: Velocity, times: Points) -> tuple[Points, Points]:
    """x and y of points (n, 2) as the moving robot sees them, each (len(times), n). Exact for constant velocity."""
    v, w = velocity.linear, velocity.angular
    yaw = w * times
    if abs(w) < 1e-6:
        x, y = v * times, np.zeros_like(times)
    else:
        x, y = v / w * np.sin(yaw), v / w * (1 - np.cos(yaw))
    dx = points[None, :, 0] - x[:, None]
    dy = points[None, :, 1] - y[:, None]
    c, s = np.cos(yaw)[:, None], np.sin(yaw)[:, None]
    return c * dx + s * dy, c * dy - s * dx


def allowed_share(velocity: Velocity, way: FreeWay, limits: ZoneLimits) -> float:
    """The share of `velocity`, in [0, 1], at which the robot can still stop inside its free way."""
    if math.isinf(way.seconds):
        share = 1.0
    else:
        share = min(
            _share(abs(velocity.linear), way.seconds, limits.reaction, limits.braking),
            _share(abs(velocity.angular), way.seconds, limits.reaction, limits.turn_braking),
        )
    if way.clearance < limits.slow_margin and abs(velocity.linear) * share > limits.slow_speed:
        share = limits.slow_speed / abs(velocity.linear)
    return share


def _share(rate: float, seconds: float, reaction: float, braking: float) -> float:
    if rate == 0:
        return 1.0
    return min(1.0, speed_for(rate * seconds, reaction, braking) / rate)
