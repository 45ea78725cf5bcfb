# SPDX-License-Identifier: Apache-2.0
"""Likelihood-field model of a laser: how well the ends of beams lie on what the map shows.

Model: Thrun, Burgard, Fox, "Probabilistic Robotics" (2005), section 6.4, with the mixture of a Gaussian around mapped
obstacles and a uniform part for everything that the map does not show (people).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from robot_navigation.grid import GridMap


@dataclass(frozen=True)
class LaserModel:
    """`sigma` (metres) is the width around obstacles. `z_hit` and `z_rand` weigh the two parts; they add up to 1.

    `temper` scales the logarithm, because neighbouring beams are not independent.
    """

    sigma: float = 0.10
    z_hit: float = 0.85
    z_rand: float = 0.15
    temper: float = 0.3
    far: float = 1.0


class LikelihoodField:
    """Distances to mapped obstacles, looked up for many poses at once."""

    def __init__(self, grid: GridMap, model: LaserModel | None = None) -> None:
        self.grid = grid
        self.model = model or LaserModel()
        open_cells = (~grid.occupied).astype(np.uint8)
        cells = cv2.distanceTransform(open_cells, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        distance = np.minimum(cells * grid.resolution, self.model.far).astype(np.float32)
        # One ring of "far" around the map: points outside are clipped onto it.
        self._distance = np.pad(distance, 1, constant_values=np.float32(self.model.far))
        self._log = self._table(self.model.sigma)
        self._occupied = np.pad(grid.occupied, 1)

    def _table(self, sigma: float) -> NDArray[np.float32]:
        near = np.exp(-0.5 * np.square(self._distance / sigma))
        return np.asarray(np.log(self.model.z_hit * near + self.model.z_rand), dtype=np.float32)

    def wide_table(self, sigma: float) -> NDArray[np.float32]:
        """Table for `log_likelihood` with another width (metres), for coarse searches."""
        return self._table(sigma)

    def log_likelihood(
        self, poses: NDArray[np.float64], points: NDArray[np.float64], table: NDArray[np.float32] | None = None
    ) -> NDArray[np.float64]:
        """(P,) tempered log likelihoods of (P, 3) poses x, y, yaw given (N, 2) beam ends in the robot's frame."""
        rows, columns = self._indices(poses, points)
        values = (self._log if table is None else table)[rows, columns]
        return np.asarray(values.sum(axis=1, dtype=np.float64) * self.model.temper)

    def distances(self, poses: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float32]:
        """(P, N) metres from each beam end to the nearest mapped obstacle, at most the model's `far`."""
        rows, columns = self._indices(poses, points)
        return np.asarray(self._distance[rows, columns])

    def explained(
        self,
        poses: NDArray[np.float64],
        points: NDArray[np.float64],
        sensor: tuple[float, float],
        within: float = 0.20,
    ) -> NDArray[np.float64]:
        """(P,) share of beams that end within `within` metres of a mapped obstacle and pass through none before.

        The second condition is what ends alone cannot see: a beam that would have gone through a wall.
        """
        if not len(points):
            return np.zeros(len(poses))
        good = self.distances(poses, points) <= within
        spans = points - sensor
        lengths = np.hypot(*spans.T)
        steps = np.linspace(0.05, 1.0, 40)
        # Leave the last 0.3 m out: the hit itself, and the error of the pose, lie there.
        step, beam = np.nonzero(steps[:, None] * lengths < lengths - 0.3)
        rows, columns = self._indices(poses, sensor + spans[beam] * steps[step, None])
        pose, through = np.nonzero(self._occupied[rows, columns])
        good[pose, beam[through]] = False
        return np.asarray(good.mean(axis=1))

    def _indices(
        self, poses: NDArray[np.float64], points: NDArray[np.float64]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        scale = np.float32(1.0 / self.grid.resolution)
        px, py = (points.T.astype(np.float32) * scale)[:, None, :]
        cos, sin = np.cos(poses[:, 2]).astype(np.float32), np.sin(poses[:, 2]).astype(np.float32)
        x0 = ((poses[:, 0] - self.grid.origin_x) / self.grid.resolution + 1.0).astype(np.float32)
        y0 = ((poses[:, 1] - self.grid.origin_y) / self.grid.resolution + 1.0).astype(np.float32)
        x = cos[:, None] * px - sin[:, None] * py + x0[:, None]
        y = sin[:, None] * px + cos[:, None] * py + y0[:, None]
        columns = np.clip(x, 0, self._distance.shape[1] - 1).astype(np.int32)
        rows = np.clip(y, 0, self._distance.shape[0] - 1).astype(np.int32)
        return rows, columns
