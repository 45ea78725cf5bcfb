# SPDX-License-Identifier: Apache-2.0
"""What one sweep of a flat lidar says about each bay: something stands in it, it is empty, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from parking_robot.bays.bay import Bay, BayPlan


class Look(StrEnum):
    OCCUPIED = "occupied"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class LookRules:
    """``reach``: how far from the sensor a bay is judged, metres. ``inset``: what is left out along its sides, where
    walls, posts and the neighbours' mirrors are. ``hits``: beams that must end inside. ``open_share``: share of the
    middle line that must be seen empty."""

    reach: float = 9.0
    inset: float = 0.4
    hits: int = 3
    open_share: float = 0.6
    samples: int = 9
    shadow: float = 0.15


def looks(
    plan: BayPlan,
    points: NDArray[np.float64],
    ends: NDArray[np.float64],
    sensor: tuple[float, float],
    rules: LookRules,
) -> dict[str, Look]:
    """Return what the sweep says, by bay id; bays that it does not decide are missing.

    ``points`` (N, 2) are the beams' hits, ``ends`` (M, 2) the ends of all beams, hits included, ``sensor`` the lidar's
    place, all in metres of the map frame.
    """
    rays = ends - np.asarray(sensor)
    ranges = np.hypot(rays[:, 0], rays[:, 1])
    known = ranges > 1e-6
    directions, ranges = rays[known] / ranges[known, None], ranges[known]
    result = {}
    for bay in plan.bays:
        if bay.outside_by(*sensor) > rules.reach:
            continue
        look = _look(bay, points, directions, ranges, np.asarray(sensor), rules)
        if look is not None:
            result[bay.id] = look
    return result


def _look(
    bay: Bay,
    points: NDArray[np.float64],
    directions: NDArray[np.float64],
    ranges: NDArray[np.float64],
    sensor: NDArray[np.float64],
    rules: LookRules,
) -> Look | None:
    if len(points):
        along, across = bay.local(points).T
        # Nothing is left out at the open end: that is where a car's nearest side stands.
        inside = (along <= bay.length / 2) & (along >= rules.inset - bay.length / 2)
        if (inside & (np.abs(across) <= bay.width / 2 - rules.inset)).sum() >= rules.hits:
            return Look.OCCUPIED
    if not len(ranges):
        return None
    reach = bay.length / 2 - rules.inset
    line = bay.to_map(np.column_stack([np.linspace(-reach, reach, rules.samples), np.zeros(rules.samples)])) - sensor
    distances = np.maximum(np.hypot(line[:, 0], line[:, 1]), 1e-6)
    # The beam that passes nearest to each sample; one degree and more beside it says nothing about the sample.
    cosines = (line / distances[:, None]) @ directions.T
    nearest = cosines.argmax(axis=1)
    beside = distances * np.sqrt(np.maximum(1.0 - cosines.max(axis=1) ** 2, 0.0)) > bay.width / 4
    seen_empty = ~beside & (ranges[nearest] > distances + rules.shadow)
    return Look.FREE if seen_empty.mean() >= rules.open_share else None
