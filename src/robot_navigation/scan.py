# SPDX-License-Identifier: Apache-2.0
"""Turns a laser scan into points in the robot's frame, and refuses scans that cannot be trusted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ronda_core.se2 import SE2


@dataclass(frozen=True, eq=False)
class Scan:
    """One sweep of a flat lidar, in the frame of the robot (base_footprint).

    `points` is (N, 2): x, y of the beams that hit something. `free_ends` is (M, 2): the ends of all beams in order of
    angle, those that hit nothing cut at the range limit; the polygon that they span is known to be free. `sensor` is
    the lidar's x, y. `stamp` in seconds.
    """

    stamp: float
    points: NDArray[np.float64]
    free_ends: NDArray[np.float64]
    sensor: tuple[float, float]
    valid: bool

    @property
    def nearest(self) -> float:
        """Metres from the robot's centre to the nearest hit; infinite when there is none."""
        return float(np.hypot(*self.points.T).min()) if len(self.points) else float("inf")


@dataclass(frozen=True)
class ScanLimits:
    """`maximum_range` cuts long beams (metres). Fewer finite or infinite readings than `valid_share` refuse a scan."""

    maximum_range: float = 12.0
    minimum_range: float = 0.05
    valid_share: float = 0.5


def read_scan(
    ranges: NDArray[np.floating],
    *,
    stamp: float,
    angle_min: float,
    angle_increment: float,
    range_min: float,
    range_max: float,
    mount: SE2,
    limits: ScanLimits | None = None,
) -> Scan:
    """Points of a sensor_msgs/LaserScan (REP 117: inf means nothing in range, NaN an invalid reading).

    `mount` is the lidar's pose in the robot's frame. A scan that is empty or mostly NaN comes back with `valid` False:
    it says nothing about where the floor is free.
    """
    limits = limits or ScanLimits()
    values = np.asarray(ranges, dtype=np.float64)
    if not values.size:
        nothing = np.empty((0, 2))
        return Scan(stamp, nothing, nothing, (mount.x, mount.y), valid=False)
    far = min(range_max, limits.maximum_range)
    near = max(range_min, limits.minimum_range)
    known = ~np.isnan(values) & (values >= near)
    hit = known & (values < far)
    angles = angle_min + angle_increment * np.arange(values.size) + mount.yaw
    directions = np.column_stack([np.cos(angles), np.sin(angles)])
    origin = (mount.x, mount.y)
    points = directions[hit] * values[hit, None] + origin
    ends = directions * np.where(known, np.minimum(values, far), 0.0)[:, None] + origin
    return Scan(stamp, points, ends, origin, valid=bool(known.mean() >= limits.valid_share))


def thin(points: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """At most `count` of the (N, 2) points, evenly over their order."""
    if len(points) <= count:
        return points
    return points[np.linspace(0, len(points) - 1, count).astype(np.int64)]
