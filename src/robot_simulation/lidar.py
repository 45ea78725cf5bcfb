# SPDX-License-Identifier: Apache-2.0
"""A planar laser scanner by ray casting."""

from __future__ import annotations

import mujoco
import numpy as np
from numpy.typing import NDArray

from robot_simulation.gazebo_blocks import LidarBlock
from robot_simulation.model_builder import COLLISION, HIDDEN, VISUAL


class Lidar:
    """One scanner. It sees what Gazebo's does: visuals for gpu_lidar, collisions otherwise; never its own robot.

    :param own_geoms: the robot's geoms
    """

    def __init__(
        self,
        model: mujoco.MjModel,
        block: LidarBlock,
        prefix: str,
        own_geoms: NDArray[np.intp],
        random: np.random.Generator,
    ) -> None:
        self.block = block
        self._model, self._random, self._own = model, random, own_geoms
        self._body = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_BODY, prefix + block.link)
        angles = block.min_angle + self.angle_step * np.arange(block.samples)
        self._rays = np.column_stack([np.cos(angles), np.sin(angles), np.zeros(block.samples)])
        self._groups = np.zeros(6, np.uint8)
        self._groups[VISUAL if block.sees_visuals else COLLISION] = 1
        self._geom = np.zeros(1, np.int32)

    @property
    def angle_step(self) -> float:
        """Radians between two rays: the first and the last ray lie on the ends, as in Gazebo."""
        return (self.block.max_angle - self.block.min_angle) / max(self.block.samples - 1, 1)

    def scan(self, data: mujoco.MjData) -> NDArray[np.float32]:
        """Return the ranges in metres, infinite where nothing was met between the smallest and largest range."""
        groups = self._model.geom_group[self._own].copy()
        self._model.geom_group[self._own] = HIDDEN
        rays = self._rays @ data.xmat[self._body].reshape(3, 3).T
        # One by one: mj_multiRay (MuJoCo 3.17) passes over bodies that move, such as cars, and saves less than 1 ms.
        origin = data.xpos[self._body]
        ranges = np.array(
            [mujoco.mj_ray(self._model, data, origin, ray, self._groups, 1, -1, self._geom) for ray in rays]
        )
        self._model.geom_group[self._own] = groups
        met = ranges >= 0.0
        noise = self.block.noise
        if noise.stddev > 0.0 or noise.mean:
            ranges = ranges + self._random.normal(noise.mean, noise.stddev, len(ranges))
        met &= (ranges >= self.block.min_range) & (ranges <= self.block.max_range)
        return np.where(met, ranges, np.inf).astype(np.float32)
