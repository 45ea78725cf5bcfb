# SPDX-License-Identifier: Apache-2.0
"""Whether the robot would touch something on a stretch of motion that is only a second or two long."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Footprint:
    """A rectangle around base_footprint: metres to the front, the back and to each side."""

    front: float = 0.225
    back: float = 0.225
    side: float = 0.20

    @property
    def radius(self) -> float:
        """Metres from the centre to the furthest corner."""
        return math.hypot(max(self.front, self.back), self.side)

    def grown(self, margin: float) -> Footprint:
        """The same with `margin` metres added all round."""
        return Footprint(self.front + margin, self.back + margin, self.side + margin)


@dataclass(frozen=True, eq=False)
class Obstacles:
    """What stands around the robot now: `points` (N, 2) in its frame, `velocities` (N, 2) in m/s, zero if not known."""

    points: NDArray[np.float64]
    velocities: NDArray[np.float64]

    @classmethod
    def standing(cls, points: NDArray[np.float64]) -> Obstacles:
        """Obstacles that do not move."""
        return cls(points, np.zeros_like(points))

    def within(self, reach: float) -> Obstacles:
        """Those that may matter within `reach` metres; moving ones get 3 m more."""
        distance = np.hypot(*self.points.T)
        near = distance < reach + 1.5 * np.hypot(*self.velocities.T)
        return Obstacles(self.points[near], self.velocities[near])

    def gap(self, footprint: Footprint) -> float:
        """Metres between the footprint and the nearest point; infinite when there is none."""
        if not len(self.points):
            return math.inf
        x, y = self.points.T
        dx = np.maximum(np.maximum(x - footprint.front, -footprint.back - x), 0.0)
        dy = np.maximum(np.abs(y) - footprint.side, 0.0)
        return float(np.hypot(dx, dy).min())


def arc(speed: float, turn: float, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """(T, 3) poses x, y, yaw in the present frame after `times` seconds at constant speed (m/s) and turn (rad/s)."""
    yaw = turn * times
    if abs(turn) < 1e-6:
        return np.column_stack([speed * times, np.zeros_like(times), yaw])
    radius = speed / turn
    return np.column_stack([radius * np.sin(yaw), radius * (1.0 - np.cos(yaw)), yaw])


def first_contact(
    poses: NDArray[np.float64], times: NDArray[np.float64], obstacles: Obstacles, footprint: Footprint
) -> int | None:
    """Index of the first of the (T, 3) `poses` at which the footprint holds an obstacle; None when none does.

    An obstacle that is inside the footprint at the first pose already does not count as long as it gets no deeper:
    the robot must be able to leave it.
    """
    if not len(obstacles.points):
        return None
    depth = _depth(poses, times, obstacles, footprint)
    inside_now = np.maximum(_depth(np.zeros((1, 3)), np.zeros(1), obstacles, footprint)[0], 0.0)
    touching = (depth > inside_now + 1e-3).any(axis=1)
    hits = np.nonzero(touching)[0]
    return int(hits[0]) if len(hits) else None


def _depth(
    poses: NDArray[np.float64], times: NDArray[np.float64], obstacles: Obstacles, footprint: Footprint
) -> NDArray[np.float64]:
    """(T, N) metres that each point is inside the footprint; negative outside."""
    points = obstacles.points[None] + obstacles.velocities[None] * times[:, None, None]
    offset = points - poses[:, None, :2]
    cos, sin = np.cos(poses[:, 2])[:, None], np.sin(poses[:, 2])[:, None]
    x = cos * offset[..., 0] + sin * offset[..., 1]
    y = cos * offset[..., 1] - sin * offset[..., 0]
    return np.asarray(np.minimum(np.minimum(footprint.front - x, x + footprint.back), footprint.side - np.abs(y)))
