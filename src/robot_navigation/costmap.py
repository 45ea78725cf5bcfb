# SPDX-License-Identifier: Apache-2.0
"""Distance to obstacles and the cost of driving near them, on the cells of a map."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from robot_navigation.grid import GridMap


@dataclass(frozen=True)
class Inflation:
    """How obstacles grow.

    `robot_radius`: closer than this (metres, from the robot's centre) is lethal. Cost per cell is
    1 + `weight` * exp(-`decay` * (distance - robot_radius)), the exponential of Nav2's inflation layer.
    """

    robot_radius: float = 0.30
    weight: float = 20.0
    decay: float = 3.0
    unknown_is_lethal: bool = True


class Costmap:
    """Distances and costs of one map, with extra obstacles laid over it.

    `distance` is (rows, columns) float32, metres from the centre of each cell to the centre of the nearest obstacle
    cell.
    """

    def __init__(self, grid: GridMap, inflation: Inflation, obstacles: NDArray[np.float64] | None = None) -> None:
        """`obstacles`: (N, 2) points x, y in the map frame that the map does not show; those outside are ignored."""
        self.grid = grid
        self.inflation = inflation
        blocked = ~grid.free if inflation.unknown_is_lethal else grid.occupied.copy()
        if obstacles is not None and len(obstacles):
            cells = grid.to_cells(obstacles)
            inside = ((cells >= 0) & (cells < (grid.rows, grid.columns))).all(axis=1)
            blocked[cells[inside, 0], cells[inside, 1]] = True
        self.blocked: NDArray[np.bool_] = blocked

    @cached_property
    def distance(self) -> NDArray[np.float32]:
        """Metres to the nearest obstacle, per cell."""
        free = (~self.blocked).astype(np.uint8)
        cells = cv2.distanceTransform(free, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        return np.asarray(cells * np.float32(self.grid.resolution), dtype=np.float32)

    @cached_property
    def lethal(self) -> NDArray[np.bool_]:
        """Where the robot's centre must not be."""
        return self.distance < self.inflation.robot_radius

    @cached_property
    def cost(self) -> NDArray[np.float32]:
        """Cost of entering each cell, >= 1; infinite where lethal."""
        return cost_of(self.distance, self.inflation)

    def clearance(self, points: NDArray[np.float64]) -> NDArray[np.float32]:
        """Distance to obstacles in metres at (N, 2) points x, y; 0 outside the map."""
        cells = self.grid.to_cells(points)
        inside = ((cells >= 0) & (cells < (self.grid.rows, self.grid.columns))).all(axis=1)
        result = np.zeros(len(points), np.float32)
        result[inside] = self.distance[cells[inside, 0], cells[inside, 1]]
        return result

    def as_nav2(self) -> NDArray[np.int8]:
        """(rows, columns) int8 as Nav2 publishes costmaps: 0 free to 98, 99 inscribed, 100 lethal, -1 unknown."""
        near = np.exp(-self.inflation.decay * (self.distance - self.inflation.robot_radius))
        result = np.clip(np.rint(98.0 * near), 0, 98).astype(np.int8)
        result[self.lethal] = 99
        result[self.blocked] = 100
        result[(self.grid.cells < 0)] = -1
        return result


def cost_of(distance: NDArray[np.float32], inflation: Inflation) -> NDArray[np.float32]:
    """Cost per cell for distances in metres; infinite closer than the robot's radius."""
    cost = np.exp((inflation.robot_radius - distance) * np.float32(inflation.decay))
    cost *= np.float32(inflation.weight)
    cost += np.float32(1.0)
    cost[distance < inflation.robot_radius] = np.inf
    return np.asarray(cost, dtype=np.float32)
