# SPDX-License-Identifier: Apache-2.0
"""Plans to one goal again and again, and changes the path only for a reason, so that the robot does not dither."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from robot_navigation.codes import NavigationCode
from robot_navigation.costmap import Costmap, cost_of
from robot_navigation.errors import PlanningError
from robot_navigation.path_geometry import nearest_index
from robot_navigation.planner import Plan, PlannerSettings, plan_path
from robot_navigation.surroundings import Surroundings
from ronda_core.se2 import SE2


@dataclass(frozen=True)
class KeeperSettings:
    """`better`: a new path replaces a free old one when it costs less than this share of it. `goal_shift`: how far
    (metres) the goal may be moved, on the way, for something that stands on it."""

    better: float = 0.85
    goal_shift: float = 1.5
    off_path: float = 0.6
    planner: PlannerSettings = field(default_factory=PlannerSettings)


class RouteKeeper:
    """The current path to one goal."""

    def __init__(self, goal: SE2, settings: KeeperSettings | None = None) -> None:
        self._goal = (goal.x, goal.y)
        self._settings = settings or KeeperSettings()
        self.plan: Plan | None = None
        self.costmap: Costmap | None = None
        self.failure: PlanningError | None = None

    def check_goal(self, surroundings: Surroundings, pose: SE2) -> None:
        """Raises PlanningError when the map alone, without anything that may go away, rules the goal out."""
        plan_path(surroundings.static, (pose.x, pose.y), self._goal, self._settings.planner)

    def update(self, surroundings: Surroundings, map_to_odom: SE2, pose: SE2) -> bool:
        """Plan from `pose` around all that is known; True when the path changed. `failure` tells why there is none."""
        self.costmap = costmap = surroundings.costmap(map_to_odom, pose)
        settings = replace(self._settings.planner, tolerance=self._settings.goal_shift, leave_obstacle=True)
        try:
            new = plan_path(costmap, (pose.x, pose.y), self._goal, settings)
        except PlanningError as error:
            self.plan, self.failure = None, error
            return True
        self.failure = None
        if self.plan is not None and self._still_good(self.plan, new, costmap, pose):
            return False
        self.plan = new
        return True

    def _still_good(self, old: Plan, new: Plan, costmap: Costmap, pose: SE2) -> bool:
        if np.hypot(old.goal[0] - new.goal[0], old.goal[1] - new.goal[1]) > 0.05:
            return False
        at = nearest_index(old.points, pose.x, pose.y)
        rest = old.points[at:]
        if np.hypot(rest[0, 0] - pose.x, rest[0, 1] - pose.y) > self._settings.off_path:
            return False
        old_cost = _cost(rest, costmap)
        return bool(np.isfinite(old_cost) and self._settings.better * old_cost <= _cost(new.points, costmap))

    @property
    def goal_is_taken(self) -> bool:
        """Whether the path ends beside the goal, because something that the map does not show stands on it."""
        return self.plan is not None and self.plan.goal_moved > self._settings.planner.tolerance

    @property
    def code(self) -> NavigationCode:
        """Why there is no path; NONE while there is one."""
        return NavigationCode.NONE if self.failure is None else self.failure.code


def _cost(points: NDArray[np.float64], costmap: Costmap) -> float:
    if len(points) < 2:
        return 0.0
    cells = costmap.grid.to_cells(points[1:])
    lengths = np.hypot(*np.diff(points, axis=0).T)
    return float((cost_of(costmap.distance[cells[:, 0], cells[:, 1]], costmap.inflation) * lengths).sum())
