# SPDX-License-Identifier: Apache-2.0
"""Turns a staircase of cells into a path that a robot likes: straight where it can be, rounded where it turns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from robot_navigation.costmap import Costmap
from robot_navigation.path_geometry import resample

COMFORT = 0.35  # metres of clearance beyond the robot's radius that a shortcut need not exceed
ROUNDING_PASSES = 8


def smooth(points: NDArray[np.float64], costmap: Costmap) -> NDArray[np.float64]:
    """Shortcut, then round the corners. Points come out at most one cell's side apart.

    A shortcut or a rounding is taken only where its clearance stays above the robot's radius and is not worse than
    that of what it replaces (up to a comfortable distance), so the result crosses a lethal cell only where the input
    did: in the first steps out of an inflated start.
    """
    if len(points) < 3:
        return resample(points, costmap.grid.resolution)
    corners = _shortcut(points, costmap)
    return _round(resample(points[corners], costmap.grid.resolution), costmap)


def _shortcut(points: NDArray[np.float64], costmap: Costmap) -> list[int]:
    """Indices of the points to keep: from each one the furthest that a straight, clear line reaches."""
    clearance = costmap.clearance(points)
    comfort = costmap.inflation.robot_radius + COMFORT
    last, keep, at = len(points) - 1, [0], 0
    while at < last:
        reach, step = at + 1, 2
        # Doubling, then halving: line checks grow with the logarithm of the path instead of its length.
        while reach < last and step:
            trial = min(at + step, last)
            if _line_is_good(points, clearance, at, trial, comfort, costmap):
                reach, step = trial, step * 2
            else:
                break
        low, high = reach, min(at + step, last)
        while high - low > 1:
            middle = (low + high) // 2
            if _line_is_good(points, clearance, at, middle, comfort, costmap):
                low = middle
            else:
                high = middle
        at = low
        keep.append(at)
    return keep


def _line_is_good(
    points: NDArray[np.float64],
    clearance: NDArray[np.float32],
    start: int,
    end: int,
    comfort: float,
    costmap: Costmap,
) -> bool:
    # Half a cell above the radius, because the line is looked at every half cell only.
    safe = costmap.inflation.robot_radius + 0.5 * costmap.grid.resolution
    needed = max(safe, min(float(clearance[start : end + 1].min()), comfort))
    line = resample(points[[start, end]], 0.5 * costmap.grid.resolution)
    return bool(costmap.clearance(line).min() >= needed)


def _round(points: NDArray[np.float64], costmap: Costmap) -> NDArray[np.float64]:
    """Pull each point towards the middle of its neighbours a few times, where that is free."""
    safe = costmap.inflation.robot_radius + costmap.grid.resolution
    comfort = costmap.inflation.robot_radius + COMFORT
    result = points.copy()
    needed = np.maximum(safe, np.minimum(costmap.clearance(points), comfort) - 0.5 * costmap.grid.resolution)
    for _ in range(ROUNDING_PASSES):
        for parity in (1, 2):  # every other point, so that a moved point's neighbours stand still
            index = np.arange(parity, len(result) - 1, 2)
            target = 0.5 * (result[index - 1] + result[index + 1])
            good = costmap.clearance(target) >= needed[index]
            result[index[good]] = target[good]
    return result
