# SPDX-License-Identifier: Apache-2.0
import numpy as np

from robot_navigation.costmap import Costmap, Inflation
from robot_navigation.grid import GridMap
from robot_navigation.keep_out import fenced
from robot_navigation.planner import plan_path
from ronda_core.keep_out import parse_keep_out


def zone(*points):
    return parse_keep_out({"keep_out": {"zones": [{"name": "pond", "points": list(points)}]}}, "test")


def hall():
    cells = np.zeros((120, 160), np.int8)
    cells[[0, -1]] = cells[:, [0, -1]] = 100
    return GridMap(cells, 0.05, -1.0, -2.0)


def test_without_zones_the_map_is_the_same():
    grid = hall()
    assert fenced(grid, ()) is grid


def test_the_zones_floor_is_occupied_and_nothing_else():
    grid = fenced(hall(), zone([1.0, 0.0], [2.0, 0.0], [2.0, 1.0], [1.0, 1.0]))
    changed = np.argwhere(grid.occupied & ~hall().occupied)
    points = grid.to_points(changed)
    assert len(points) > 350
    assert (points.min(axis=0) >= (0.9, -0.1)).all() and (points.max(axis=0) <= (2.1, 1.1)).all()


def test_the_way_leads_around():
    grid = fenced(hall(), zone([2.0, -2.0], [3.0, -2.0], [3.0, 2.0], [2.0, 2.0]))
    points = plan_path(Costmap(grid, Inflation()), (0.0, 0.0), (5.0, 0.0)).points
    beside = points[(points[:, 0] > 2.0) & (points[:, 0] < 3.0)]
    assert len(beside) and beside[:, 1].min() > 2.0
