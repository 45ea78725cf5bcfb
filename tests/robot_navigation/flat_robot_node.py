# SPDX-License-Identifier: Apache-2.0
"""A robot in a `FlatWorld` with the topics of a real one, for tests on the live graph: runs as a thread of the test."""

from __future__ import annotations

import threading
import time

import numpy as np
import rclpy
from flat_world import BEAMS, RANGE, FlatWorld, Robot
from geometry_msgs.msg import TransformStamped, TwistStamped
from nav_msgs.msg import Odometry
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import LaserScan

from robot_navigation.navigation_messages import pose_message
from ronda_core import qos
from ronda_core.ros_transforms import TransformBroadcaster
from ronda_core.stamps import from_seconds

STEP = 0.05  # seconds of simulated time
COMMAND_TIMEOUT = 0.25  # seconds of simulated time; then it stops, as the safety gate sees to on a robot


class FlatRobot:
    """Publishes /clock, odom, scan and /tf_static and obeys cmd_vel_nav, at `factor` times real time."""

    def __init__(self, world: FlatWorld, robot: Robot, namespace: str, factor: float = 3.0) -> None:
        self.world, self.robot = world, robot
        self.time = 1.0
        self.closest = float("inf")
        self.scanning = True
        self._factor = factor
        self._command, self._commanded_at = (0.0, 0.0), 0.0
        self._rng = np.random.default_rng(3)
        self._context = Context()
        rclpy.init(context=self._context)
        self.node = rclpy.create_node("flat_robot", namespace=namespace, context=self._context)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self.node)
        self._clock = self.node.create_publisher(Clock, "/clock", qos.CLOCK)
        self._odom = self.node.create_publisher(Odometry, "odom", qos.SENSOR)
        self._scan = self.node.create_publisher(LaserScan, "scan", qos.SENSOR)
        static = TransformStamped()
        static.header.frame_id, static.child_frame_id = "base_footprint", "laser_link"
        static.transform.rotation.w = 1.0
        self._static = TransformBroadcaster(self.node, static=True)
        self._static.send([static])
        self.node.create_subscription(TwistStamped, "cmd_vel_nav", self._obey, qos.COMMAND)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def close(self) -> None:
        """End the thread and leave the graph."""
        self._stop.set()
        self._thread.join()
        self.node.destroy_node()
        rclpy.shutdown(context=self._context)

    def _obey(self, message: TwistStamped) -> None:
        self._command, self._commanded_at = (message.twist.linear.x, message.twist.angular.z), self.time

    def _run(self) -> None:
        due, count = time.monotonic(), 0
        while not self._stop.is_set():
            # Slower rather than catching up: steps in a row would go on with a command that was taken back meanwhile.
            due = max(due + STEP / self._factor, time.monotonic())
            self._executor.spin_once(timeout_sec=0.0)
            while (left := due - time.monotonic()) > 0:
                self._executor.spin_once(timeout_sec=left)
            command = self._command if self.time - self._commanded_at <= COMMAND_TIMEOUT else (0.0, 0.0)
            self.robot.drive(*command, STEP / 2)
            self.robot.drive(*command, STEP / 2)
            self.time += STEP
            count += 1
            self.closest = min(self.closest, self.world.gap(self.robot.pose, self.time))
            self._clock.publish(Clock(clock=from_seconds(self.time)))
            self._say_odometry()
            if count % 2 == 0 and self.scanning:
                self._say_scan()

    def _say_odometry(self) -> None:
        message = Odometry()
        message.header.stamp, message.header.frame_id = from_seconds(self.time), "odom"
        message.child_frame_id = "base_footprint"
        message.pose.pose = pose_message(self.robot.odom)
        message.twist.twist.linear.x, message.twist.twist.angular.z = self.robot.speed, self.robot.turn
        self._odom.publish(message)

    def _say_scan(self) -> None:
        message = LaserScan()
        message.header.stamp, message.header.frame_id = from_seconds(self.time), "laser_link"
        message.angle_min, message.angle_increment = -np.pi, 2 * np.pi / BEAMS
        message.range_min, message.range_max = 0.05, RANGE
        noise = self._rng.standard_normal(BEAMS) * 0.01
        message.ranges = (self.world.ranges(self.robot.pose, self.time) + noise).astype(np.float32).tolist()
        self._scan.publish(message)
