# SPDX-License-Identifier: Apache-2.0
"""Global planner: A* on an inflated cost map, first on coarse cells, then on fine cells around the coarse path."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import pyastar2d
from numpy.typing import NDArray

from robot_navigation.codes import NavigationCode
from robot_navigation.costmap import Costmap, cost_of
from robot_navigation.errors import PlanningError
from robot_navigation.path_geometry import path_length
from robot_navigation.path_smoothing import smooth

Cell = tuple[int, int]


@dataclass(frozen=True)
class PlannerSettings:
    """`tolerance`: how far (metres) the goal may be moved to reach free floor; out of an obstacle itself only with
    `leave_obstacle` (something that the map does not show stands there and will go away).

    `escape_radius`: a start that is nearer to an obstacle than the robot's radius may leave it within this distance.
    `coarse_factor`: side of a coarse cell in fine cells; 1 searches the fine cells at once. `corridor` (metres): half
    width of the strip around the coarse path that the fine search may use.
    """

    tolerance: float = 0.25
    leave_obstacle: bool = False
    escape_radius: float = 0.6
    coarse_factor: int = 4
    corridor: float = 0.4


@dataclass(frozen=True)
class Plan:
    """`points` (N, 2): x, y in metres, at most two cells apart, from the start to `goal`, which may be a moved one."""

    points: NDArray[np.float64]
    goal: tuple[float, float]
    goal_moved: float

    @property
    def length(self) -> float:
        """Metres along the path."""
        return path_length(self.points)


def plan_path(
    costmap: Costmap,
    start: tuple[float, float],
    goal: tuple[float, float],
    settings: PlannerSettings | None = None,
) -> Plan:
    """A path for the robot's centre from `start` to `goal` (x, y in the map frame, metres).

    Raises PlanningError with START_OCCUPIED, GOAL_OCCUPIED, OUTSIDE_MAP or NO_VALID_PATH.
    """
    settings = settings or PlannerSettings()
    start_cell = _start_cell(costmap, start)
    goal_cell, goal_point = _goal_cell(costmap, goal, settings)
    cells = None
    if settings.coarse_factor > 1 and not costmap.lethal[start_cell]:
        cells = _coarse_to_fine(costmap, start_cell, goal_cell, settings)
    if cells is None:
        cells = _search(_open_start(costmap, start_cell, settings.escape_radius), start_cell, goal_cell)
    if cells is None:
        raise PlanningError(
            NavigationCode.NO_VALID_PATH,
            f"no free way leads from ({start[0]:.2f}, {start[1]:.2f}) to ({goal[0]:.2f}, {goal[1]:.2f})",
            hint="every passage is narrower than the robot or blocked; choose another goal or clear the way",
        )
    points = costmap.grid.to_points(cells)
    points[0], points[-1] = start, goal_point
    moved = float(np.hypot(goal_point[0] - goal[0], goal_point[1] - goal[1]))
    return Plan(smooth(points, costmap), goal_point, moved)


def _start_cell(costmap: Costmap, start: tuple[float, float]) -> Cell:
    row, column = costmap.grid.to_cell(*start)
    if not costmap.grid.inside(row, column):
        raise PlanningError(
            NavigationCode.OUTSIDE_MAP,
            f"the start ({start[0]:.2f}, {start[1]:.2f}) lies outside the map",
            hint="check the localisation and the map",
        )
    if costmap.blocked[row, column]:
        raise PlanningError(
            NavigationCode.START_OCCUPIED,
            f"the start ({start[0]:.2f}, {start[1]:.2f}) lies in an obstacle",
            hint="check the localisation, or drive the robot free by hand",
        )
    return row, column


def _goal_cell(
    costmap: Costmap, goal: tuple[float, float], settings: PlannerSettings
) -> tuple[Cell, tuple[float, float]]:
    grid = costmap.grid
    row, column = grid.to_cell(*goal)
    if not grid.inside(row, column):
        raise PlanningError(
            NavigationCode.OUTSIDE_MAP,
            f"the goal ({goal[0]:.2f}, {goal[1]:.2f}) lies outside the map",
            hint="choose a goal on the map",
        )
    if not costmap.lethal[row, column]:
        return (row, column), goal
    stuck = bool(costmap.blocked[row, column]) and not settings.leave_obstacle
    moved = None if stuck else _nearest_free(costmap, (row, column), settings.tolerance)
    if moved is None:
        where = "in an obstacle" if costmap.blocked[row, column] else "too near to an obstacle"
        raise PlanningError(
            NavigationCode.GOAL_OCCUPIED,
            f"the goal ({goal[0]:.2f}, {goal[1]:.2f}) lies {where}",
            hint=f"keep goals at least {costmap.inflation.robot_radius:.2f} m away from everything on the map",
        )
    x, y = grid.to_points(np.array([moved]))[0]
    return moved, (float(x), float(y))


def _nearest_free(costmap: Costmap, cell: Cell, reach: float) -> Cell | None:
    span = int(np.ceil(reach / costmap.grid.resolution))
    top, left = max(cell[0] - span, 0), max(cell[1] - span, 0)
    window = costmap.lethal[top : cell[0] + span + 1, left : cell[1] + span + 1]
    free = np.argwhere(~window) + np.array([top, left])
    if not len(free):
        return None
    distance = np.hypot(*(free - cell).T) * costmap.grid.resolution
    best = int(np.argmin(distance))
    return (int(free[best, 0]), int(free[best, 1])) if distance[best] <= reach else None


def _open_start(costmap: Costmap, start: Cell, reach: float) -> NDArray[np.float32]:
    """Costs in which a start inside the inflation can leave it: dear, but not through obstacles."""
    if not costmap.lethal[start]:
        return costmap.cost
    cost = costmap.cost.copy()
    span = int(np.ceil(reach / costmap.grid.resolution))
    top, left = max(start[0] - span, 0), max(start[1] - span, 0)
    window = (slice(top, start[0] + span + 1), slice(left, start[1] + span + 1))
    open_cells = costmap.lethal[window] & ~costmap.blocked[window]
    nearness = 1.0 - costmap.distance[window] / costmap.inflation.robot_radius
    dear = 1.0 + costmap.inflation.weight * (2.0 + 10.0 * nearness)
    cost[window] = np.where(open_cells, dear, cost[window])
    return cost


def _coarse_to_fine(costmap: Costmap, start: Cell, goal: Cell, settings: PlannerSettings) -> NDArray[np.int64] | None:
    factor = settings.coarse_factor
    rows, columns = costmap.grid.rows // factor, costmap.grid.columns // factor
    trimmed = costmap.distance[: rows * factor, : columns * factor]
    # The best fine cell speaks for its coarse cell, so that no passage is lost; the fine search has the last word.
    by_row = trimmed[0::factor].copy()
    for offset in range(1, factor):
        np.maximum(by_row, trimmed[offset::factor], out=by_row)
    coarse_distance = by_row[:, 0::factor].copy()
    for offset in range(1, factor):
        np.maximum(coarse_distance, by_row[:, offset::factor], out=coarse_distance)
    coarse_cost = cost_of(coarse_distance, costmap.inflation)
    ends: list[Cell] = []
    for row, column in (start, goal):
        end = (min(row // factor, rows - 1), min(column // factor, columns - 1))
        # Both ends are known to be usable on fine cells; the coarse cell around them may average to lethal.
        window = coarse_cost[max(end[0] - 1, 0) : end[0] + 2, max(end[1] - 1, 0) : end[1] + 2]
        window[np.isinf(window)] = 1.0 + 2.0 * costmap.inflation.weight
        ends.append(end)
    coarse = _search(coarse_cost, ends[0], ends[1])
    if coarse is None:
        return None
    strip = np.zeros((rows, columns), np.uint8)
    strip[coarse[:, 0], coarse[:, 1]] = 1
    reach = max(1, int(np.ceil(settings.corridor / (factor * costmap.grid.resolution))))
    strip = np.asarray(cv2.dilate(strip, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)), np.uint8)
    used = np.argwhere(strip)
    (top, left), (bottom, right) = used.min(axis=0) * factor, (used.max(axis=0) + 1) * factor
    # The last rows and columns that do not fill a coarse cell belong to the last coarse cell.
    bottom = costmap.grid.rows if bottom >= rows * factor else bottom
    right = costmap.grid.columns if right >= columns * factor else right
    mask = np.repeat(np.repeat(strip, factor, axis=0), factor, axis=1)
    pad = ((0, costmap.grid.rows - mask.shape[0]), (0, costmap.grid.columns - mask.shape[1]))
    inside = np.pad(mask, pad, mode="edge")[top:bottom, left:right] > 0
    # Costs of the strip alone: the exponential of a whole map takes longer than the search.
    window_cost = np.full(inside.shape, np.inf, np.float32)
    window_cost[inside] = cost_of(costmap.distance[top:bottom, left:right][inside], costmap.inflation)
    fine = _search(window_cost, (start[0] - top, start[1] - left), (goal[0] - top, goal[1] - left))
    return None if fine is None else fine + np.array([top, left])


def _search(cost: NDArray[np.float32], start: Cell, goal: Cell) -> NDArray[np.int64] | None:
    path = pyastar2d.astar_path(
        np.ascontiguousarray(cost), (int(start[0]), int(start[1])), (int(goal[0]), int(goal[1])), allow_diagonal=True
    )
    return None if path is None or not len(path) else np.asarray(path, dtype=np.int64)
