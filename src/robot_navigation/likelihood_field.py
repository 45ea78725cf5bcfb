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
from ronda_core.se2 import SE2


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


@dataclass(frozen=True)
class Verdicts:
    """For each pose the share of beams that the map `explained` (they end at a mapped obstacle) and that went `through`
    a mapped obstacle. The rest ended early, at something that the map does not show: people, parked cars.
    """

    explained: NDArray[np.float64]
    through: NDArray[np.float64]

    @property
    def told(self) -> NDArray[np.float64]:
        """(P,) share of beams that speak for or against a pose."""
        return self.explained + self.through

    def agreement(self, early_weight: float = 0.03) -> NDArray[np.float64]:
        """(P,) explained beams among those that say something, 0 to 1.

        A beam that went through a wall contradicts a pose. One that ended early hardly does, however many there are, so
        they count little: a robot among parked cars knows its place by the few walls that it still sees.
        """
        early = 1.0 - self.told
        return np.asarray(self.explained / np.maximum(self.told + early_weight * early, 1e-9))


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
        """(P,) share of beams that end within `within` metres of a mapped obstacle and pass through none before."""
        return self.verdicts(poses, points, sensor, within).explained

    def verdicts(
        self,
        poses: NDArray[np.float64],
        points: NDArray[np.float64],
        sensor: tuple[float, float],
        within: float = 0.20,
        steps: int = 40,
    ) -> Verdicts:
        """What the map says of (N, 2) beam ends in the robot's frame, at each of (P, 3) poses.

        Ends alone cannot see a beam that would have gone through a wall; each beam is followed in `steps` steps.
        """
        if not len(points):
            return Verdicts(np.zeros(len(poses)), np.zeros(len(poses)))
        good = self.distances(poses, points) <= within
        through = self._through(poses, points, sensor, steps)
        return Verdicts(np.asarray((good & ~through).mean(axis=1)), np.asarray(through.mean(axis=1)))

    def early(
        self, pose: SE2, points: NDArray[np.float64], sensor: tuple[float, float], margin: float
    ) -> NDArray[np.bool_]:
        """(N,) beams that end in the open, more than `margin` metres from everything mapped and before it."""
        here = np.array([[pose.x, pose.y, pose.yaw]])
        open_end = self.distances(here, points)[0] > margin
        return np.asarray(open_end & ~self._through(here, points, sensor, 40)[0])

    def _through(
        self, poses: NDArray[np.float64], points: NDArray[np.float64], sensor: tuple[float, float], steps: int
    ) -> NDArray[np.bool_]:
        """(P, N) beams that meet a mapped obstacle before their end; each is followed in `steps` steps."""
        through = np.zeros((len(poses), len(points)), dtype=bool)
        spans = points - sensor
        lengths = np.hypot(*spans.T)
        along = np.linspace(0.05, 1.0, steps)
        # Leave the last 0.3 m out: the hit itself, and the error of the pose, lie there.
        step, beam = np.nonzero(along[:, None] * lengths < lengths - 0.3)
        rows, columns = self._indices(poses, sensor + spans[beam] * along[step, None])
        pose, met = np.nonzero(self._occupied[rows, columns])
        through[pose, beam[met]] = True
        return through

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
