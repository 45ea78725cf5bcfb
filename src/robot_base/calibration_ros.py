# SPDX-License-Identifier: Apache-2.0
"""Drives the legs of a calibration through the safety gate, as teleoperation, and records them."""

import math
import time
from collections.abc import Callable

import rclpy
from nav_msgs.msg import Odometry
from sensor_msgs.msg import JointState

from robot_base.calibration import Leg
from robot_base.errors import CalibrationError
from robot_base.teleop_ros import TeleopLink
from robot_base.velocity import STOP, Velocity
from ronda_core import qos
from ronda_core.ros_transforms import pose_from
from ronda_core.se2 import SE2, normalise_angle

_SPEED, _TURN_RATE = 0.3, 0.6
_PERIOD = 0.05
_LEG_LIMIT = 60.0  # s
_STILL = 0.001  # m of wheel way in 0.4 s


class CalibrationDrive(TeleopLink):
    """A square, each side and each corner a leg of its own. `radius` is the nominal wheel radius, m."""

    def __init__(self, namespace: str, reference: str, radius: float) -> None:
        super().__init__(namespace)
        self._radius = radius
        self._wheels: tuple[float, float] | None = None
        self._pose: SE2 | None = None
        self._reference = self._node.resolve_topic_name(reference)
        self._node.create_subscription(JointState, "joint_states", self._take_joints, qos.SENSOR)
        self._node.create_subscription(Odometry, reference, self._take_pose, qos.SENSOR)

    def _take_joints(self, message: JointState) -> None:
        angles = dict(zip(message.name, message.position, strict=False))
        if {"left_wheel_joint", "right_wheel_joint"} <= set(angles):
            self._wheels = (angles["left_wheel_joint"] * self._radius, angles["right_wheel_joint"] * self._radius)

    def _take_pose(self, message: Odometry) -> None:
        self._pose = pose_from(message.pose.pose)

    def wait_for_data(self, seconds: float) -> None:
        """Wait for the wheels and the reference. Raises CalibrationError naming what is missing."""
        end = time.monotonic() + seconds
        while self._wheels is None or self._pose is None:
            if time.monotonic() > end:
                missing = "joint_states" if self._wheels is None else self._reference
                raise CalibrationError(f"nothing arrives on {missing}", hint="name another with --reference")
            rclpy.spin_once(self._node, timeout_sec=0.1)

    def square(self, side: float, rounds: int, told: Callable[[str], None]) -> list[Leg]:
        """Drive squares of `side` metres, half of the rounds to each side. Raises CalibrationError when stuck."""
        legs = []
        for round_number in range(rounds):
            way = 1 if round_number % 2 == 0 else -1
            for corner in range(4):
                told(f"round {round_number + 1} of {rounds}, side {corner + 1} of 4")
                legs.append(self._leg(Velocity(_SPEED, 0.0), lambda leg: leg.distance >= side))
                legs.append(self._leg(Velocity(0.0, way * _TURN_RATE), lambda leg: abs(leg.turn) >= math.pi / 2 - 0.1))
        return legs

    def _leg(self, velocity: Velocity, done: Callable[[Leg], bool]) -> Leg:
        wheels, pose = self._now()
        turned, last = 0.0, pose.yaw
        end = time.monotonic() + _LEG_LIMIT
        self._hold(STOP, 0.1)  # the gate wants a zero first
        leg = Leg(0, 0, 0, 0)
        while not done(leg):
            if time.monotonic() > end:
                raise CalibrationError(f"the robot does not get on: {self.summary()}")
            self._hold(velocity, _PERIOD)
            turned += normalise_angle(self._now()[1].yaw - last)
            last = self._now()[1].yaw
            leg = self._measure(wheels, pose, turned)
        still = self._now()
        while True:
            self._hold(STOP, 0.4)
            turned += normalise_angle(self._now()[1].yaw - last)
            last = self._now()[1].yaw
            if max(abs(a - b) for a, b in zip(self._now()[0], still[0], strict=True)) < _STILL:
                return self._measure(wheels, pose, turned)
            still = self._now()

    def _now(self) -> tuple[tuple[float, float], SE2]:
        assert self._wheels is not None and self._pose is not None  # wait_for_data saw to it
        return self._wheels, self._pose

    def _measure(self, wheels: tuple[float, float], pose: SE2, turned: float) -> Leg:
        now, here = self._now()
        move = pose.between(here)
        return Leg(now[0] - wheels[0], now[1] - wheels[1], math.copysign(math.hypot(move.x, move.y), move.x), turned)

    def _hold(self, velocity: Velocity, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.send(velocity)
            until = min(end, time.monotonic() + _PERIOD)
            while (left := until - time.monotonic()) > 0:
                rclpy.spin_once(self._node, timeout_sec=left)
