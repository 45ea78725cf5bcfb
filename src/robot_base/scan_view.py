# SPDX-License-Identifier: Apache-2.0
"""A laser scan turned into points around the robot, and whether it can be trusted at all."""

import math
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from ronda_core.se2 import SE2


class ScanHealth(Enum):
    """Why a scan must not be read as free space."""

    GOOD = "good"
    EMPTY = "empty"
    INVALID = "invalid"
    FROZEN = "frozen"
    NO_TRANSFORM = "no transform"


@dataclass(frozen=True, slots=True)
class ScanLimits:
    """Limits of trust: share and width (rad) of invalid rays, motion (m) during which a scan must change."""

    max_invalid_share: float = 0.25
    max_blind_width: float = 0.26
    frozen_after: float = 0.10


@dataclass(frozen=True, slots=True)
class RawScan:
    """The parts of sensor_msgs/LaserScan that matter here (radians, metres, seconds)."""

    stamp: float
    angle_min: float
    angle_increment: float
    range_min: float
    range_max: float
    ranges: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ScanView:
    """Points in base_footprint, metres, shape (n, 2); `covered` is the seen sector (from, to) in base yaw, rad."""

    stamp: float
    health: ScanHealth
    points: NDArray[np.float64] = field(repr=False)
    covered: tuple[float, float] = (-math.pi, math.pi)


_NO_POINTS = np.empty((0, 2))


def view_scan(raw: RawScan, mount: SE2 | None, limits: ScanLimits) -> ScanView:
    """Judge a scan and give its points in base_footprint.

    `mount` is the pose of the laser in base_footprint (None: unknown). As REP 117 has it, +inf means nothing in range,
    -inf something nearer than range_min (it becomes a point at range_min) and NaN an invalid ray. Finite values below
    range_min count as invalid (many lidars send 0 for a lost ray), those above range_max as nothing in range. A scan
    without a single point is EMPTY: indoors a whole circle without an echo is a dead sensor, not a free hall.
    """
    if mount is None:
        return ScanView(raw.stamp, ScanHealth.NO_TRANSFORM, _NO_POINTS)
    ranges = np.asarray(raw.ranges, dtype=np.float64)
    if ranges.size == 0 or raw.angle_increment == 0 or not math.isfinite(raw.angle_min + raw.angle_increment):
        return ScanView(raw.stamp, ScanHealth.EMPTY, _NO_POINTS)
    ranges = np.where(np.isneginf(ranges), raw.range_min, ranges)
    invalid = np.isnan(ranges) | (ranges < raw.range_min)
    hit = ~invalid & (ranges <= raw.range_max)
    angles = raw.angle_min + raw.angle_increment * np.arange(ranges.size) + mount.yaw
    points = np.column_stack((ranges[hit] * np.cos(angles[hit]) + mount.x, ranges[hit] * np.sin(angles[hit]) + mount.y))
    edges = (float(angles[0]), float(angles[-1]))
    covered = (min(edges), max(edges))
    if (
        invalid.mean() > limits.max_invalid_share
        or _widest_gap(invalid) * abs(raw.angle_increment) > limits.max_blind_width
    ):
        return ScanView(raw.stamp, ScanHealth.INVALID, points, covered)
    health = ScanHealth.GOOD if hit.any() else ScanHealth.EMPTY
    return ScanView(raw.stamp, health, points, covered)


def _widest_gap(invalid: NDArray[np.bool_]) -> int:
    """Length of the longest run of invalid rays; the scan is taken as a ring, which only ever joins two runs."""
    if invalid.all():
        return int(invalid.size)
    valid_at = np.flatnonzero(~invalid)
    inner = np.diff(valid_at).max(initial=1) - 1
    outer = valid_at[0] + invalid.size - 1 - valid_at[-1]
    return int(max(inner, outer))


class ScanMonitor:
    """Follows a stream of scans: drops those whose stamp does not advance and notices data that no longer change.

    A simulator without noise repeats a scan exactly while the robot stands; a real lidar never does. So equal data only
    count as frozen once the odometry has moved meanwhile.
    """

    def __init__(self, limits: ScanLimits) -> None:
        self._limits = limits
        self._stamp = -math.inf
        self._data = b""
        self._travel_at_change = 0.0

    def accept(self, raw: RawScan, mount: SE2 | None, travel: float) -> ScanView | None:
        """The judged scan, or None when its stamp is not newer than the last one's.

        `travel` is the length of the way that the odometry has counted so far, metres (turning counts by the radius of
        the robot). A stamp that jumps back by more than a second is a restarted clock and accepted.
        """
        if self._stamp - 1.0 < raw.stamp <= self._stamp:
            return None
        self._stamp = raw.stamp
        view = view_scan(raw, mount, self._limits)
        data = np.ascontiguousarray(raw.ranges).tobytes()
        if data != self._data:
            self._data = data
            self._travel_at_change = travel
        elif view.health is ScanHealth.GOOD and travel - self._travel_at_change > self._limits.frozen_after:
            return ScanView(view.stamp, ScanHealth.FROZEN, view.points, view.covered)
        return view
