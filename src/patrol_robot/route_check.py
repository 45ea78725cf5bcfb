# SPDX-License-Identifier: Apache-2.0
"""Is every waypoint of a route on free floor of the map?"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from patrol_robot.errors import RouteError
from patrol_robot.route import Route, Waypoint

OCCUPIED = 65
"""Occupancy in percent from which map_server (trinary mode) calls a cell a wall."""


@dataclass(frozen=True, slots=True)
class Floor:
    """A map as nav_msgs/OccupancyGrid gives it: cells (rows, columns) int8 in percent, -1 unknown; row 0 is lowest y.

    `origin_x`, `origin_y` are the metres of the lower left corner, `origin_yaw` its rotation in radians.
    """

    cells: NDArray[np.int8]
    resolution: float
    origin_x: float
    origin_y: float
    origin_yaw: float = 0.0

    def cell_of(self, x: float, y: float) -> tuple[int, int]:
        """Row and column of a point in metres; may lie outside the map."""
        dx, dy = x - self.origin_x, y - self.origin_y
        cos, sin = math.cos(self.origin_yaw), math.sin(self.origin_yaw)
        along, across = cos * dx + sin * dy, -sin * dx + cos * dy
        return math.floor(across / self.resolution), math.floor(along / self.resolution)


def check_route(route: Route, floor: Floor, clearance_m: float) -> None:
    """Raise RouteError naming the first waypoint outside the map, in a wall, or nearer than `clearance_m` to one."""
    for index, waypoint in enumerate(route.waypoints):
        _check_waypoint(waypoint, f"route '{route.name}', waypoint {index} '{waypoint.name}'", floor, clearance_m)


def _check_waypoint(waypoint: Waypoint, where: str, floor: Floor, clearance_m: float) -> None:
    row, column = floor.cell_of(waypoint.x, waypoint.y)
    rows, columns = floor.cells.shape
    at = f"({waypoint.x:g}, {waypoint.y:g})"
    if not (0 <= row < rows and 0 <= column < columns):
        raise RouteError(f"{where}: {at} lies outside the map", hint="move it onto the map, or load the right map")
    value = int(floor.cells[row, column])
    if value < 0:
        raise RouteError(f"{where}: {at} lies where the map knows nothing", hint="move it onto known free floor")
    if value >= OCCUPIED:
        raise RouteError(f"{where}: {at} lies inside a wall", hint="move it onto free floor")
    reach = math.ceil(clearance_m / floor.resolution)
    top, left = max(0, row - reach), max(0, column - reach)
    window = floor.cells[top : row + reach + 1, left : column + reach + 1]
    walls = np.argwhere(window >= OCCUPIED)
    if walls.size == 0:
        return
    offsets = (walls + np.array([top - row, left - column])) * floor.resolution
    nearest = float(np.hypot(offsets[:, 0], offsets[:, 1]).min())
    if nearest < clearance_m:
        raise RouteError(
            f"{where}: {at} is {nearest:.2f} m from a wall, the robot needs {clearance_m:.2f} m",
            hint="move it away from the wall",
        )
