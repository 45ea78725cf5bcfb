# SPDX-License-Identifier: Apache-2.0
"""What a robot description says to a simulator, as plain values. Lengths m, angles rad, times s."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from robot_simulation.embedded.poses import Pose


@dataclass(frozen=True, slots=True)
class DriveLimits:
    """Limits of one body velocity, as DiffDrive has them; infinite where the block states none."""

    min_velocity: float = -math.inf
    max_velocity: float = math.inf
    min_acceleration: float = -math.inf
    max_acceleration: float = math.inf


@dataclass(frozen=True, slots=True)
class DriveBlock:
    """gz::sim::systems::DiffDrive."""

    left_joints: tuple[str, ...]
    right_joints: tuple[str, ...]
    wheel_separation: float
    wheel_radius: float
    linear: DriveLimits
    angular: DriveLimits
    odom_frequency: float = 50.0
    frame_id: str = "odom"
    child_frame_id: str = "base_footprint"


@dataclass(frozen=True, slots=True)
class SensorBlock:
    """What all sensors share: `link` carries it at `pose`, `frame_id` is what its messages say."""

    name: str
    link: str
    pose: Pose
    rate: float
    topic: str
    frame_id: str


@dataclass(frozen=True, slots=True)
class LidarBlock:
    """A flat lidar. `noise` is the standard deviation of a range."""

    sensor: SensorBlock
    samples: int
    min_angle: float
    max_angle: float
    min_range: float
    max_range: float
    noise: float = 0.0


@dataclass(frozen=True, slots=True)
class CameraBlock:
    """A pinhole camera without distortion that looks along its link's x axis."""

    sensor: SensorBlock
    width: int
    height: int
    horizontal_fov: float
    near: float
    far: float


@dataclass(frozen=True, slots=True)
class ImuBlock:
    """An inertial sensor; noise as standard deviations of rad/s and m/s2."""

    sensor: SensorBlock
    gyro_noise: float = 0.0
    accel_noise: float = 0.0


@dataclass(frozen=True, slots=True)
class BatteryBlock:
    """gz::sim::systems::LinearBatteryPlugin: volts, ampere hours, ohms, watts."""

    name: str
    open_circuit_voltage: float
    linear_coefficient: float
    initial_charge: float
    capacity: float
    resistance: float
    power_load: float
    smoothing: float


@dataclass(frozen=True, slots=True)
class Robot:
    """A robot: its URDF without simulator blocks, and those blocks."""

    name: str
    urdf: str
    root_link: str
    drive: DriveBlock
    lidars: tuple[LidarBlock, ...] = ()
    cameras: tuple[CameraBlock, ...] = ()
    imus: tuple[ImuBlock, ...] = ()
    bumpers: tuple[SensorBlock, ...] = ()
    battery: BatteryBlock | None = None
    friction: dict[str, float] = field(default_factory=dict)
