# SPDX-License-Identifier: Apache-2.0
"""What the simulated robot measures, as ROS messages (REP 103 units and axes)."""

from __future__ import annotations

import array
import math

from geometry_msgs.msg import TransformStamped
from nav_msgs.msg import Odometry
from numpy.typing import NDArray
from sensor_msgs.msg import BatteryState, CameraInfo, Imu, JointState, LaserScan
from std_msgs.msg import Header

from robot_simulation.embedded.battery import BatteryReading
from robot_simulation.embedded.camera import Camera
from robot_simulation.embedded.imu import ImuReading
from robot_simulation.embedded.lidar import Lidar
from robot_simulation.embedded.simulator import Wheel
from ronda_core.se2 import SE2, yaw_to_quaternion
from ronda_core.stamps import from_seconds

ODOMETRY_VARIANCES = (0.01, 0.01, 1e-6, 1e-6, 1e-6, 0.03)
"""Of x, y, z, roll, pitch, yaw; a filter wants numbers that are not zero."""


def header(stamp: float, frame_id: str) -> Header:
    """Return a header of a time in seconds."""
    return Header(stamp=from_seconds(stamp), frame_id=frame_id)


def odometry(stamp: float, frame_id: str, child: str, pose: SE2, velocity: tuple[float, float]) -> Odometry:
    """Return a planar pose with its velocity in the child's frame."""
    message = Odometry(header=header(stamp, frame_id), child_frame_id=child)
    message.pose.pose.position.x, message.pose.pose.position.y = float(pose.x), float(pose.y)
    _, _, message.pose.pose.orientation.z, message.pose.pose.orientation.w = yaw_to_quaternion(float(pose.yaw))
    message.twist.twist.linear.x, message.twist.twist.angular.z = float(velocity[0]), float(velocity[1])
    diagonal = [0.0] * 36
    diagonal[::7] = ODOMETRY_VARIANCES
    message.pose.covariance = diagonal
    message.twist.covariance = diagonal
    return message


def transform(stamp: float, frame_id: str, child: str, pose: SE2) -> TransformStamped:
    """Return a planar pose as a transform."""
    message = TransformStamped(header=header(stamp, frame_id), child_frame_id=child)
    message.transform.translation.x, message.transform.translation.y = float(pose.x), float(pose.y)
    _, _, message.transform.rotation.z, message.transform.rotation.w = yaw_to_quaternion(float(pose.yaw))
    return message


def laser_scan(stamp: float, lidar: Lidar, ranges: NDArray) -> LaserScan:
    """Return a scan; infinite ranges are "nothing within reach" (REP 117)."""
    block = lidar.block
    return LaserScan(
        header=header(stamp, block.sensor.frame_id), angle_min=block.min_angle, angle_max=block.max_angle,
        angle_increment=lidar.angle_increment, scan_time=1.0 / block.sensor.rate, range_min=block.min_range,
        range_max=block.max_range, ranges=array.array("f", ranges.tobytes()),
    )  # fmt: skip


def imu(stamp: float, frame_id: str, reading: ImuReading, noise: tuple[float, float]) -> Imu:
    """Return an inertial reading; `noise` of gyroscope and accelerometer gives the covariances."""
    message = Imu(header=header(stamp, frame_id))
    q, rates, acceleration = message.orientation, message.angular_velocity, message.linear_acceleration
    q.w, q.x, q.y, q.z = (float(value) for value in reading.orientation)
    rates.x, rates.y, rates.z = (float(value) for value in reading.angular_velocity)
    acceleration.x, acceleration.y, acceleration.z = (float(value) for value in reading.linear_acceleration)
    for covariance, sigma in (
        (message.angular_velocity_covariance, noise[0]),
        (message.linear_acceleration_covariance, noise[1]),
    ):
        covariance[::4] = [sigma * sigma] * 3
    return message


def joint_states(stamp: float, wheels: list[Wheel]) -> JointState:
    """Return the wheels' positions, velocities and torques."""
    return JointState(
        header=header(stamp, ""), name=[wheel.joint for wheel in wheels],
        position=[wheel.position for wheel in wheels], velocity=[wheel.velocity for wheel in wheels],
        effort=[wheel.effort for wheel in wheels],
    )  # fmt: skip


def camera_info(stamp: float, camera: Camera) -> CameraInfo:
    """Return the intrinsics of an ideal pinhole camera: no distortion."""
    block, f = camera.block, camera.focal_length
    cx, cy = block.width / 2.0, block.height / 2.0
    return CameraInfo(
        header=header(stamp, block.sensor.frame_id), width=block.width, height=block.height,
        distortion_model="plumb_bob", d=[0.0] * 5, k=[f, 0.0, cx, 0.0, f, cy, 0.0, 0.0, 1.0],
        r=[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0], p=[f, 0.0, cx, 0.0, 0.0, f, cy, 0.0, 0.0, 0.0, 1.0, 0.0],
    )  # fmt: skip


def battery_state(stamp: float, reading: BatteryReading) -> BatteryState:
    """Return the gauge's reading."""
    return BatteryState(
        header=header(stamp, ""), voltage=reading.voltage, current=reading.current, charge=reading.charge,
        capacity=reading.capacity, design_capacity=reading.capacity, percentage=reading.percentage,
        temperature=math.nan, power_supply_status=BatteryState.POWER_SUPPLY_STATUS_DISCHARGING,
        power_supply_technology=BatteryState.POWER_SUPPLY_TECHNOLOGY_LION, present=True,
    )  # fmt: skip
