# SPDX-License-Identifier: Apache-2.0
"""What the scans of the last seconds show around the robot: a grid that rolls along in the odometry frame.

The odometry frame is used because it never jumps; a correction of the localisation does not smear the obstacles.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from robot_navigation.scan import Scan
from ronda_core.se2 import SE2


class ObstacleLayer:
    """Marks the ends of beams, clears what beams pass through, and forgets what it cannot see after `decay` seconds."""

    def __init__(self, size: float = 12.0, resolution: float = 0.05, decay: float = 8.0, reach: float = 5.5) -> None:
        """`size` is the side of the window, `reach` how far beams mark (metres)."""
        self.resolution = resolution
        self._decay = decay
        self._reach = reach
        self._cells = round(size / resolution)
        self._seen = np.full((self._cells, self._cells), -np.inf)
        self._corner = (0, 0)  # column, row of the window's lowest cell in a grid that starts at odom's origin
        self._stamp = -math.inf

    def add(self, scan: Scan, odom: SE2) -> None:
        """Take a scan made at the odometry pose `odom`. An invalid scan changes nothing."""
        if not scan.valid:
            return
        self._roll(odom)
        self._stamp = scan.stamp
        ends = self._limit(scan)
        polygon = np.rint(self._local(to_frame(ends, odom)) * 16).astype(np.int32)
        seen_free = np.zeros(self._seen.shape, np.uint8)
        cv2.fillPoly(seen_free, [polygon.reshape(-1, 1, 2)], 1, shift=4)
        self._seen[seen_free > 0] = -np.inf
        near = scan.points[np.hypot(*(scan.points - scan.sensor).T) < self._reach]
        cells = np.floor(self._local(to_frame(near, odom)) + 0.5).astype(np.int64)
        inside = ((cells >= 0) & (cells < self._cells)).all(axis=1)
        self._seen[cells[inside, 1], cells[inside, 0]] = scan.stamp

    def clear(self) -> None:
        """Forget everything; the next scan shows what is really there."""
        self._seen.fill(-np.inf)

    def points(self) -> NDArray[np.float64]:
        """(N, 2) centres of the marked cells in the odometry frame."""
        rows, columns = np.nonzero(self._seen > self._stamp - self._decay)
        cells = np.column_stack([columns, rows]) + self._corner
        return np.asarray((cells + 0.5) * self.resolution)

    def _limit(self, scan: Scan) -> NDArray[np.float64]:
        """Ends of the beams, a little before what they hit and no further than the reach."""
        spans = scan.free_ends - scan.sensor
        length = np.hypot(*spans.T)
        wanted = np.minimum(np.maximum(length - 1.5 * self.resolution, 0.0), self._reach)
        return np.asarray(scan.sensor + spans * (wanted / np.maximum(length, 1e-9))[:, None])

    def _local(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Window coordinates (column, row) in which whole numbers are cell centres, as cv2 draws."""
        return np.asarray(points / self.resolution - self._corner - 0.5)

    def _roll(self, odom: SE2) -> None:
        half = self._cells // 2
        corner = (math.floor(odom.x / self.resolution) - half, math.floor(odom.y / self.resolution) - half)
        shift_x, shift_y = corner[0] - self._corner[0], corner[1] - self._corner[1]
        if max(abs(shift_x), abs(shift_y)) < 10:
            return
        moved = np.full_like(self._seen, -np.inf)
        size = self._cells
        if abs(shift_x) < size and abs(shift_y) < size:
            moved[max(0, -shift_y) : size - max(0, shift_y), max(0, -shift_x) : size - max(0, shift_x)] = self._seen[
                max(0, shift_y) : size - max(0, -shift_y), max(0, shift_x) : size - max(0, -shift_x)
            ]
        self._seen, self._corner = moved, corner


def to_frame(points: NDArray[np.float64], pose: SE2) -> NDArray[np.float64]:
    """(N, 2) points of the frame at `pose`, given in that pose's parent frame."""
    cos, sin = math.cos(pose.yaw), math.sin(pose.yaw)
    return np.asarray(points @ np.array([[cos, sin], [-sin, cos]]) + (pose.x, pose.y))
