# SPDX-License-Identifier: Apache-2.0
"""Brings the last scan, its history and the map together: what is around the robot now, and what to plan around."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from robot_navigation.costmap import Costmap, Inflation
from robot_navigation.footprint import Obstacles
from robot_navigation.grid import GridMap
from robot_navigation.moving_obstacles import MovingObstacles
from robot_navigation.obstacle_layer import ObstacleLayer, to_frame
from robot_navigation.scan import Scan
from ronda_core.se2 import SE2

UNMAPPED = 0.12  # metres from everything mapped: then a point is something that the map does not show
HIDDEN_REACH = 2.0  # metres


class Surroundings:
    """Everything that the robot must not touch."""

    def __init__(self, grid: GridMap, inflation: Inflation, layer: ObstacleLayer | None = None) -> None:
        self.grid = grid
        self._inflation = inflation
        self.static = Costmap(grid, inflation)
        self._rim = _rim(grid)
        self._layer = layer or ObstacleLayer()
        self._moving = MovingObstacles()
        self._scan_pose = SE2()
        self._now = Obstacles.standing(np.empty((0, 2)))
        self.scan: Scan | None = None

    def add(self, scan: Scan, odom: SE2, map_to_odom: SE2 | None) -> None:
        """Take a scan made at the odometry pose `odom`; without `map_to_odom` the map's own obstacles are left out."""
        self.scan, self._scan_pose = scan, odom
        if not scan.valid:
            return
        self._layer.add(scan, odom)
        velocities = np.zeros_like(scan.points)
        hidden = np.empty((0, 2))
        if map_to_odom is not None:
            pose = map_to_odom.compose(odom)
            unmapped = self._unmapped(to_frame(scan.points, pose))
            in_odom = to_frame(scan.points[unmapped], odom)
            # Turned back into the robot's frame at the time of the scan.
            velocities[unmapped] = to_frame(self._moving.update(in_odom, scan.stamp), SE2(0.0, 0.0, -odom.yaw))
            hidden = self._hidden(scan, pose)
        points = np.vstack([scan.points, hidden])
        self._now = Obstacles(points, np.vstack([velocities, np.zeros_like(hidden)]))

    def around(self, odom: SE2, now: float) -> Obstacles:
        """Obstacles in the frame of the robot, which is at `odom` at the time `now`."""
        if self.scan is None:
            return self._now
        moved = odom.between(self._scan_pose)
        age = max(0.0, min(now - self.scan.stamp, 0.5))
        points = self._now.points + self._now.velocities * age
        return Obstacles(to_frame(points, moved), to_frame(self._now.velocities, SE2(0.0, 0.0, moved.yaw)))

    def costmap(self, map_to_odom: SE2, pose: SE2) -> Costmap:
        """The map with what the scans showed laid over it, save what would lie under the robot itself at `pose`."""
        points = to_frame(self._layer.points(), map_to_odom)
        clear_of_robot = np.hypot(points[:, 0] - pose.x, points[:, 1] - pose.y) > 0.2
        fresh = self._unmapped(points) & clear_of_robot
        return Costmap(self.grid, self._inflation, points[fresh])

    def forget(self) -> None:
        """Clear what earlier scans showed."""
        self._layer.clear()

    def _unmapped(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        # Mapped things seen a little beside their place would only make passages narrower than they are.
        return np.asarray(self.static.clearance(points) > UNMAPPED)

    def _hidden(self, scan: Scan, pose: SE2) -> NDArray[np.float64]:
        """Mapped obstacles near the robot that the lidar does not see (too low), in the robot's frame."""
        near = self._rim[np.hypot(self._rim[:, 0] - pose.x, self._rim[:, 1] - pose.y) < HIDDEN_REACH]
        local = to_frame(near, pose.inverse())
        if not len(local) or not len(scan.points):
            return local
        size, cell = 60, 0.1
        seen = np.zeros((size, size), bool)
        cells = np.floor(scan.points / cell).astype(np.int64) + size // 2
        cells = cells[((cells >= 2) & (cells < size - 2)).all(axis=1)]
        for row in (-2, -1, 0, 1, 2):
            for column in (-2, -1, 0, 1, 2):
                seen[cells[:, 0] + row, cells[:, 1] + column] = True
        at = np.clip(np.floor(local / cell).astype(np.int64) + size // 2, 0, size - 1)
        return np.asarray(local[~seen[at[:, 0], at[:, 1]]])


def _rim(grid: GridMap) -> NDArray[np.float64]:
    """(N, 2) centres of the occupied cells that touch a free one."""
    free = grid.free
    beside = np.zeros_like(free)
    beside[1:] |= free[:-1]
    beside[:-1] |= free[1:]
    beside[:, 1:] |= free[:, :-1]
    beside[:, :-1] |= free[:, 1:]
    return grid.to_points(np.argwhere(grid.occupied & beside))
