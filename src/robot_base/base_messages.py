# SPDX-License-Identifier: Apache-2.0
"""Readings of the base as ROS messages."""

import math

from builtin_interfaces.msg import Time
from geometry_msgs.msg import TransformStamped
from nav_msgs.msg import Odometry as OdometryMessage
from ronda.msg import BarrierState, DriveState
from sensor_msgs.msg import BatteryState, JointState

from robot_base.drivers.ports import BarrierReading, DriveReading
from robot_base.gate_types import Drive
from robot_base.odometry import Odometry
from ronda_core.se2 import yaw_to_quaternion

_STATES = {
    Drive.NOT_REPORTED: DriveState.LINK_DOWN,
    Drive.LINK_DOWN: DriveState.LINK_DOWN,
    Drive.DISARMED: DriveState.DISARMED,
    Drive.READY: DriveState.ARMED,
    Drive.WATCHDOG: DriveState.WATCHDOG,
    Drive.FAULT: DriveState.FAULT,
    Drive.ESTOP: DriveState.ESTOP,
}


def drive_state(reading: DriveReading | None, stamp: Time) -> DriveState:
    """DriveState of a reading; None: the link is down."""
    message = DriveState(state=DriveState.LINK_DOWN, command_age=math.nan)
    message.header.stamp = stamp
    if reading is not None:
        message.state = _STATES[reading.condition]
        message.estop, message.bumper = reading.estop, reading.bumper
        message.left_speed, message.right_speed = reading.left_speed, reading.right_speed
        message.left_current, message.right_current = reading.left_current, reading.right_current
        message.motor_temperature = reading.temperature
        message.command_age = reading.command_age
        message.faults = list(reading.faults)
    return message


def odometry(source: Odometry, stamp: Time, odom_frame: str, base_frame: str) -> OdometryMessage:
    """nav_msgs/Odometry with covariance (row-major 6 x 6; what a wheel cannot measure is given as certain)."""
    message = OdometryMessage(child_frame_id=base_frame)
    message.header.stamp, message.header.frame_id = stamp, odom_frame
    pose, position = source.pose, message.pose.pose.position
    position.x, position.y = pose.x, pose.y
    q = message.pose.pose.orientation
    q.x, q.y, q.z, q.w = yaw_to_quaternion(pose.yaw)
    x, y, yaw = source.variance
    message.pose.covariance[0], message.pose.covariance[7], message.pose.covariance[35] = x, y, yaw
    twist = message.twist
    twist.twist.linear.x, twist.twist.angular.z = source.twist.linear, source.twist.angular
    twist.covariance[0] = twist.covariance[35] = 1e-3
    return message


def odometry_transform(message: OdometryMessage) -> TransformStamped:
    """The same pose for /tf."""
    out = TransformStamped(header=message.header, child_frame_id=message.child_frame_id)
    position = message.pose.pose.position
    out.transform.translation.x, out.transform.translation.y = position.x, position.y
    out.transform.rotation = message.pose.pose.orientation
    return out


def joint_state(source: Odometry, reading: DriveReading, radius: float, stamp: Time) -> JointState:
    """Angles (rad) and rates (rad/s) of the two wheels."""
    message = JointState(name=["left_wheel_joint", "right_wheel_joint"], position=list(source.wheel_angles))
    message.velocity = [reading.left_speed / radius, reading.right_speed / radius]
    message.header.stamp = stamp
    return message


def battery(reading: DriveReading, empty: float, full: float, stamp: Time) -> BatteryState:
    """Battery by its voltage alone: the share between empty and full, in [0, 1]."""
    share = (reading.voltage - empty) / (full - empty)
    message = BatteryState(voltage=reading.voltage, present=True)
    message.percentage = min(1.0, max(0.0, share)) if math.isfinite(share) else math.nan
    message.current = -(reading.left_current + reading.right_current)
    message.power_supply_status = BatteryState.POWER_SUPPLY_STATUS_DISCHARGING
    message.header.stamp = stamp
    return message


def barrier_state(name: str, reading: BarrierReading | None, stamp: Time, why: str = "") -> BarrierState:
    """BarrierState of a reading; None: the link is down, so nothing is known, and `why`."""
    message = BarrierState(barrier_id=name, state=BarrierState.UNKNOWN, position=math.nan, reason=why)
    message.header.stamp = stamp
    if reading is not None:
        message.state = int(reading.condition)
        message.loop_occupied, message.beam_blocked = reading.loop, reading.beam
        message.fire_open, message.movements, message.reason = reading.fire_open, reading.movements, reading.reason
    return message
