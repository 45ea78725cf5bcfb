# SPDX-License-Identifier: Apache-2.0
"""A flat lidar by rays against everything that can be seen."""

from __future__ import annotations

import mujoco
import numpy as np
from numpy.typing import NDArray

from robot_simulation.embedded.geoms import SEEN
from robot_simulation.embedded.robot import LidarBlock


class Lidar:
    """Casts the rays of one lidar from where its link is."""

    def __init__(self, model: mujoco.MjModel, prefix: str, block: LidarBlock, random: np.random.Generator) -> None:
        self.block = block
        self._model = model
        self._random = random
        self._body = model.body(prefix + block.sensor.link).id
        self._pose = block.sensor.pose
        # Gazebo spreads the samples over both ends: the first and the last of a full circle look the same way.
        self.angle_increment = (block.max_angle - block.min_angle) / (block.samples - 1)
        angles = block.min_angle + self.angle_increment * np.arange(block.samples)
        self._rays = np.column_stack([np.cos(angles), np.sin(angles), np.zeros(block.samples)])
        self._groups = np.zeros(6, np.uint8)
        self._groups[SEEN] = 1
        self._geoms = np.full(block.samples, -1, np.int32)
        self._distances = np.zeros(block.samples)

    def scan(self, data: mujoco.MjData) -> NDArray[np.float32]:
        """Return the ranges in metres; infinite where nothing is within reach, -infinite where it is too near."""
        rotation = data.xmat[self._body].reshape(3, 3) @ self._pose[:3, :3]
        origin = data.xpos[self._body] + data.xmat[self._body].reshape(3, 3) @ self._pose[:3, 3]
        rays = np.ascontiguousarray(self._rays @ rotation.T)
        mujoco.mj_multiRay(
            m=self._model, d=data, pnt=origin, vec=rays.ravel(), geomgroup=self._groups, flg_static=1,
            bodyexclude=self._body, geomid=self._geoms, dist=self._distances, normal=None, nray=self.block.samples,
            cutoff=self.block.max_range * 1.01,
        )  # fmt: skip
        ranges = self._distances.copy()
        missed = ranges < 0
        if self.block.noise > 0:
            ranges += self._random.normal(0.0, self.block.noise, ranges.size)
        ranges[missed | (ranges > self.block.max_range)] = np.inf
        ranges[ranges < self.block.min_range] = -np.inf
        return ranges.astype(np.float32)
