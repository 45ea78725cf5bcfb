# SPDX-License-Identifier: Apache-2.0
"""Plans corner to corner over 1000 x 1000 cells: ours beside plain pyastar2d and SciPy's Dijkstra, in the same run.

All times include inflation and costs and are in ms. Ours runs coarse to fine and shortcuts; the others give
the staircase of cells. Each path is checked against the lethal cells.
"""

import statistics
import sys
import time

import numpy as np
import pyastar2d

from robot_navigation.costmap import Costmap, Inflation
from robot_navigation.grid import GridMap
from robot_navigation.path_geometry import path_length, resample
from robot_navigation.planner import PlannerSettings, plan_path
from ronda_cli.measurement import main

REPEATS = 15
START, GOAL = (1.3, 1.3), (48.5, 48.5)


def world(seed):
    """50 m x 50 m at 5 cm: four walls with three doors each, and 120 boxes."""
    random = np.random.default_rng(seed)
    cells = np.zeros((1000, 1000), np.int8)
    cells[[0, -1], :] = cells[:, [0, -1]] = 100
    for wall in (200, 400, 600, 800):
        cells[:, wall : wall + 3] = 100
        for door in random.integers(20, 960, 3):
            cells[door : door + 30, wall : wall + 3] = 0
    for _ in range(120):
        row, column = random.integers(30, 950, 2)
        height, width = random.integers(5, 30, 2)
        cells[row : row + height, column : column + width] = 100
    cells[15:40, 15:40] = cells[955:985, 955:985] = 0
    return GridMap(cells, 0.05)


def median_ms(work, repeats):
    """Median wall and processor time in ms; on a busy machine only the second says what the work costs."""
    wall, own = [], []
    for _ in range(repeats):
        began, began_own = time.perf_counter(), time.process_time()
        result = work()
        wall.append((time.perf_counter() - began) * 1000)
        own.append((time.process_time() - began_own) * 1000)
    return round(statistics.median(wall), 1), round(statistics.median(own), 1), result


def plain(grid):
    costmap = Costmap(grid, Inflation())
    return costmap.grid.to_points(
        pyastar2d.astar_path(costmap.cost, grid.to_cell(*START), grid.to_cell(*GOAL), allow_diagonal=True)
    )


def dijkstra(grid):
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra as search

    costmap = Costmap(grid, Inflation())
    columns = grid.columns
    index = np.arange(costmap.cost.size).reshape(costmap.cost.shape)
    parts = []
    for rows, cols, length in ((0, 1, 1.0), (1, 0, 1.0), (1, 1, 2**0.5), (1, -1, 2**0.5)):
        a = index[: columns - rows, max(0, -cols) : columns - max(0, cols)]
        b = index[rows:, max(0, cols) : columns - max(0, -cols)]
        good = ~(costmap.lethal.ravel()[a] | costmap.lethal.ravel()[b])
        weight = (costmap.cost.ravel()[a[good]] + costmap.cost.ravel()[b[good]]) * 0.5 * length
        parts.append((a[good], b[good], weight))
    rows, cols, weights = (np.concatenate(part) for part in zip(*parts, strict=True))
    graph = csr_array((weights, (rows, cols)), shape=(index.size, index.size))
    start, at = index[grid.to_cell(*START)], index[grid.to_cell(*GOAL)]
    before = search(graph, directed=False, indices=start, return_predecessors=True)[1]
    path = [at]
    while path[-1] != start:
        path.append(before[path[-1]])
    return grid.to_points(np.column_stack(np.unravel_index(path[::-1], costmap.cost.shape)))


def figures(grid, work, repeats=REPEATS):
    milliseconds, processor, points = median_ms(work, repeats)
    costmap = Costmap(grid, Inflation())
    clearance = costmap.clearance(resample(points, 0.01))
    return {
        "median_ms": milliseconds,
        "median_processor_ms": processor,
        "length_m": round(path_length(points), 2),
        "least_clearance_m": round(float(clearance.min()), 3),
        "crosses_lethal_cells": bool((clearance < costmap.inflation.robot_radius).any()),
    }


def run(_options):
    grid = world(1)
    plan_path(Costmap(grid, Inflation()), START, GOAL)
    result = {}
    for factor in (1, 2, 4, 8):
        settings = PlannerSettings(coarse_factor=factor)
        result[f"ronda_coarse_{factor}"] = figures(
            grid, lambda s=settings: plan_path(Costmap(grid, Inflation()), START, GOAL, s).points
        )
    result["pyastar2d"] = figures(grid, lambda: plain(grid))
    try:
        result["scipy_dijkstra"] = figures(grid, lambda: dijkstra(grid), repeats=3)
    except ModuleNotFoundError:
        result["scipy_dijkstra"] = "scipy is not installed"
    best = result["pyastar2d"]["length_m"]
    result["length_of_ours_over_pyastar2d"] = round(result["ronda_coarse_4"]["length_m"] / best, 4)
    return result


if __name__ == "__main__":
    sys.exit(main(run, __doc__.partition("\n")[0]))
