# SPDX-License-Identifier: Apache-2.0
"""An inertial sensor as Gazebo has it: orientation since the spawn, gravity counted as upward acceleration."""

from __future__ import annotations

from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray
from transforms3d.quaternions import mat2quat

from robot_simulation.gazebo_blocks import ImuBlock


@dataclass(frozen=True, slots=True)
class ImuReading:
    """Orientation (x, y, z, w), angular velocity (rad/s) and acceleration (m/s2) in the sensor's axes."""

    orientation: tuple[float, float, float, float]
    angular_velocity: tuple[float, float, float]
    acceleration: tuple[float, float, float]


class Imu:
    """One sensor; `index` counts those of its robot."""

    def __init__(
        self,
        model: mujoco.MjModel,
        data: mujoco.MjData,
        block: ImuBlock,
        prefix: str,
        index: int,
        random: np.random.Generator,
    ) -> None:
        self.block = block
        self._random = random
        self._site = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_SITE, f"{prefix}imu{index}")
        sensors = [
            mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_SENSOR, f"{prefix}imu{index}_{n}") for n in ("gyro", "acc")
        ]
        self._addresses = [int(model.sensor_adr[sensor]) for sensor in sensors]
        self._start = self._rotation(data).T.copy()

    def _rotation(self, data: mujoco.MjData) -> NDArray[np.float64]:
        return np.asarray(data.site_xmat[self._site]).reshape(3, 3)

    def read(self, data: mujoco.MjData) -> ImuReading:
        """Return the measurement of the last step."""
        w, x, y, z = mat2quat(self._start @ self._rotation(data))
        gyro, acceleration = (np.array(data.sensordata[start : start + 3]) for start in self._addresses)
        for values, noise in ((gyro, self.block.gyro_noise), (acceleration, self.block.accelerometer_noise)):
            if noise.stddev > 0.0 or noise.mean:
                values += self._random.normal(noise.mean, noise.stddev, 3)
        gx, gy, gz = (float(part) for part in gyro)
        ax, ay, az = (float(part) for part in acceleration)
        return ImuReading((float(x), float(y), float(z), float(w)), (gx, gy, gz), (ax, ay, az))
