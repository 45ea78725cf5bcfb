# SPDX-License-Identifier: Apache-2.0
"""A weighted cloud of poses: moving, weighting, resampling, and what it says about where the robot is.

Resampling: low-variance sampler (Thrun, Burgard, Fox 2005, table 4.4). Number of particles: KLD sampling (Fox, 2001).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ronda_core.se2 import SE2


@dataclass(frozen=True)
class MotionNoise:
    """Standard deviations of odometry: per metre and per radian travelled, with a floor for each step."""

    distance_per_distance: float = 0.08
    sideways_per_distance: float = 0.04
    yaw_per_distance: float = 0.06
    yaw_per_turn: float = 0.10
    distance_per_turn: float = 0.02
    floor_distance: float = 0.006
    floor_yaw: float = 0.004


@dataclass(frozen=True)
class CloudSummary:
    """The largest group of particles. `covariance` is (3, 3) in x, y, yaw; `share` its part of the total weight."""

    pose: SE2
    covariance: NDArray[np.float64]
    share: float

    @property
    def position_std(self) -> float:
        """Metres, 1 sigma along the longer axis."""
        return float(math.sqrt(max(0.0, np.linalg.eigvalsh(self.covariance[:2, :2])[-1])))

    @property
    def yaw_std(self) -> float:
        """Radians, 1 sigma."""
        return float(math.sqrt(max(0.0, self.covariance[2, 2])))


class ParticleCloud:
    """`poses` (N, 3) x, y, yaw in the map frame; `weights` (N,) adds up to 1."""

    def __init__(self, poses: NDArray[np.float64], rng: np.random.Generator) -> None:
        self.poses = poses
        self.weights = np.full(len(poses), 1.0 / len(poses))
        self._rng = rng

    @classmethod
    def around(cls, pose: SE2, covariance: NDArray[np.float64], count: int, rng: np.random.Generator) -> ParticleCloud:
        """A Gaussian cloud; `covariance` is (3, 3) in x, y, yaw."""
        return cls(rng.multivariate_normal([pose.x, pose.y, pose.yaw], covariance, size=count, method="eigh"), rng)

    def __len__(self) -> int:
        return len(self.poses)

    def move(self, step: SE2, noise: MotionNoise) -> None:
        """Move each particle by the odometry `step` (in the robot's frame) with noise of its own."""
        distance, turn = math.hypot(step.x, step.y), abs(step.yaw)
        along = noise.distance_per_distance * distance + noise.distance_per_turn * turn + noise.floor_distance
        across = noise.sideways_per_distance * distance + 0.5 * noise.floor_distance
        angular = noise.yaw_per_distance * distance + noise.yaw_per_turn * turn + noise.floor_yaw
        sample = self._rng.standard_normal((len(self), 3)) * (along, across, angular) + (step.x, step.y, step.yaw)
        cos, sin = np.cos(self.poses[:, 2]), np.sin(self.poses[:, 2])
        self.poses[:, 0] += cos * sample[:, 0] - sin * sample[:, 1]
        self.poses[:, 1] += sin * sample[:, 0] + cos * sample[:, 1]
        self.poses[:, 2] += sample[:, 2]

    def weigh(self, log_likelihood: NDArray[np.float64]) -> None:
        """Multiply the weights by the likelihoods and normalise them."""
        logs = np.log(self.weights + 1e-300) + log_likelihood
        weights = np.exp(logs - logs.max())
        self.weights = weights / weights.sum()

    @property
    def effective(self) -> float:
        """Effective number of particles, 1 / sum of squared weights."""
        return float(1.0 / np.square(self.weights).sum())

    def resample(self, count: int, injected: NDArray[np.float64] | None = None) -> None:
        """Draw `count` particles by weight; `injected` (M, 3) poses take the place of the last M of them."""
        spare = 0 if injected is None else min(len(injected), count - 1)
        wanted = count - spare
        positions = (self._rng.random() + np.arange(wanted)) / wanted
        chosen = np.minimum(np.searchsorted(np.cumsum(self.weights), positions), len(self) - 1)
        poses = self.poses[chosen]
        if injected is not None and spare:
            poses = np.vstack([poses, injected[:spare]])
        self.poses = poses.copy()
        self.weights = np.full(count, 1.0 / count)

    def kld_count(self, low: int, high: int, error: float = 0.05, quantile: float = 2.326) -> int:
        """How many particles the spread of this cloud asks for (bins of 0.5 m and 10 degrees)."""
        bins = np.column_stack([np.floor(self.poses[:, :2] / 0.5), np.floor(_wrap(self.poses[:, 2]) / 0.1745)])
        filled = len(np.unique(bins.astype(np.int64), axis=0))
        if filled < 2:
            return low
        part = 2.0 / (9.0 * (filled - 1))
        needed = (filled - 1) / (2.0 * error) * (1.0 - part + math.sqrt(part) * quantile) ** 3
        return int(np.clip(needed, low, high))

    def summary(self, reach: float = 1.0) -> CloudSummary:
        """The heaviest group: everything within `reach` metres and 0.7 rad of the heaviest bin of the cloud."""
        bins = np.column_stack([np.floor(self.poses[:, :2] / reach), np.floor(_wrap(self.poses[:, 2]) / 0.7)])
        _, inverse = np.unique(bins.astype(np.int64), axis=0, return_inverse=True)
        totals = np.bincount(inverse.reshape(-1), weights=self.weights)
        members = inverse.reshape(-1) == int(np.argmax(totals))
        centre = _mean(self.poses[members], self.weights[members])
        for _ in range(2):  # the group may straddle bins: gather again around its middle
            near = np.hypot(self.poses[:, 0] - centre[0], self.poses[:, 1] - centre[1]) < reach
            members = near & (np.abs(_wrap(self.poses[:, 2] - centre[2])) < 0.7)
            if not members.any():
                break
            centre = _mean(self.poses[members], self.weights[members])
        weights = self.weights[members]
        share = float(weights.sum())
        offsets = self.poses[members] - centre
        offsets[:, 2] = _wrap(offsets[:, 2])
        covariance = (offsets * (weights / max(share, 1e-300))[:, None]).T @ offsets
        return CloudSummary(SE2(float(centre[0]), float(centre[1]), float(centre[2])), covariance, share)


def _mean(poses: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    share = weights / weights.sum()
    yaw = math.atan2(float(share @ np.sin(poses[:, 2])), float(share @ np.cos(poses[:, 2])))
    return np.array([share @ poses[:, 0], share @ poses[:, 1], yaw])


def _wrap(angles: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((angles + np.pi) % (2 * np.pi) - np.pi)
