# SPDX-License-Identifier: Apache-2.0
"""An inertial sensor: what gyroscope and accelerometer of MuJoCo say, with Gazebo's conventions."""

from __future__ import annotations

from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

from robot_simulation.embedded.poses import quaternion_wxyz
from robot_simulation.embedded.robot import ImuBlock


@dataclass(frozen=True, slots=True)
class ImuReading:
    """Orientation (w, x, y, z) relative to the pose at the start, rad/s and m/s2 in the sensor's frame."""

    orientation: NDArray[np.float64]
    angular_velocity: NDArray[np.float64]
    linear_acceleration: NDArray[np.float64]


class Imu:
    """Reads one inertial sensor. Gravity counts: +9.8 on z at rest."""

    def __init__(
        self, model: mujoco.MjModel, data: mujoco.MjData, prefix: str, block: ImuBlock, random: np.random.Generator
    ) -> None:
        self.block = block
        self._random = random
        name = block.sensor.name
        self._site = model.site(f"{prefix}imu {name}").id
        self._gyro = model.sensor(f"{prefix}gyro {name}").adr[0]
        self._accelerometer = model.sensor(f"{prefix}accelerometer {name}").adr[0]
        self._start = data.site_xmat[self._site].reshape(3, 3).copy()

    def read(self, data: mujoco.MjData) -> ImuReading:
        """Return the present reading."""
        turned = np.eye(4)
        turned[:3, :3] = self._start.T @ data.site_xmat[self._site].reshape(3, 3)
        rates = data.sensordata[self._gyro : self._gyro + 3].copy()
        acceleration = data.sensordata[self._accelerometer : self._accelerometer + 3].copy()
        if self.block.gyro_noise > 0:
            rates += self._random.normal(0.0, self.block.gyro_noise, 3)
        if self.block.accel_noise > 0:
            acceleration += self._random.normal(0.0, self.block.accel_noise, 3)
        return ImuReading(quaternion_wxyz(turned), rates, acceleration)
