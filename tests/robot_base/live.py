# SPDX-License-Identifier: Apache-2.0
"""Real nodes in processes of their own, and a test's own node beside them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import rclpy
from builtin_interfaces.msg import Time
from geometry_msgs.msg import TransformStamped, Twist, TwistStamped
from nav_msgs.msg import Odometry
from rclpy.executors import SingleThreadedExecutor
from ronda.msg import EmergencyStop, SafetyState
from sensor_msgs.msg import LaserScan
from std_msgs.msg import Bool
from std_srvs.srv import SetBool, Trigger
from tf2_msgs.msg import TFMessage

from ronda_core import qos

LIMIT = 20.0  # s; far above what is needed, so that a loaded machine does not fail a test


PATIENT = ("-p", "bumper_timeout:=3.0", "-p", "scan_grace:=3.0")
"""For a gate whose sensors are played by a test: a machine that pauses is not what it looks for."""


@contextmanager
def process(module: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A node of ours by its module, ended with SIGINT (which must end it cleanly)."""
    source = str(Path(__file__).parents[2] / "src")
    environment = {**os.environ, "PYTHONPATH": source}
    running = subprocess.Popen([sys.executable, "-m", module, "--ros-args", *arguments], env=environment)
    try:
        yield running
    finally:
        if running.poll() is None:
            running.send_signal(signal.SIGINT)
        try:
            code = running.wait(LIMIT)
        except subprocess.TimeoutExpired:
            running.kill()
            raise
        assert code in (0, -signal.SIGKILL), f"{module} ended with {code}"


class Rig:
    """The robot around the gate: a laser, odometry and a driver, played by the test; hears what the gate says."""

    def __init__(self, namespace: str) -> None:
        self.context = rclpy.Context()
        rclpy.init(context=self.context)
        self.node = rclpy.create_node("rig", namespace=namespace, context=self.context)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.executor.add_node(self.node)
        self.commands: list[TwistStamped] = []
        self.state: SafetyState | None = None
        self.estop: EmergencyStop | None = None
        self.calm()
        node = self.node
        self.scan_out = node.create_publisher(LaserScan, "scan", qos.SENSOR)
        self.odom_out = node.create_publisher(Odometry, "odom", qos.SENSOR)
        self.bumper_out = node.create_publisher(Bool, "bumper", qos.EVENT)
        self.nav_out = node.create_publisher(TwistStamped, "cmd_vel_nav", qos.COMMAND)
        self.teleop_out = node.create_publisher(TwistStamped, "cmd_vel_teleop", qos.COMMAND)
        static = node.create_publisher(TFMessage, "/tf_static", qos.TF_STATIC)
        laser = TransformStamped(child_frame_id="laser_link")
        laser.header.frame_id = "base_footprint"
        laser.transform.rotation.w = 1.0
        static.publish(TFMessage(transforms=[laser]))
        node.create_subscription(TwistStamped, "cmd_vel", self.commands.append, qos.COMMAND)
        node.create_subscription(SafetyState, "safety_state", lambda m: setattr(self, "state", m), qos.STATE)
        node.create_subscription(EmergencyStop, "estop", lambda m: setattr(self, "estop", m), qos.STATE)
        self._estop = node.create_client(SetBool, "set_estop")
        self._resume = node.create_client(Trigger, "resume_autonomy")
        self._beat = 0.0
        self.watched: subprocess.Popen[bytes] | None = None

    def calm(self) -> None:
        """Play an empty hall and nobody who asks for motion."""
        self.ranges = np.full(360, 6.0, np.float32)
        self.scanning = True
        self.bumper: bool | None = False
        self.navigation: tuple[float, float] | None = None
        self.teleoperation: tuple[float, float] | None = None

    def now(self) -> Time:
        return self.node.get_clock().now().to_msg()

    def play(self) -> None:
        """Publish one round of sensor data and commands, 20 times a second, and take what arrived."""
        if time.monotonic() - self._beat >= 0.05:
            self._beat = time.monotonic()
            if self.scanning:
                self.scan_out.publish(self.scan())
            if self.bumper is not None:
                self.bumper_out.publish(Bool(data=self.bumper))
            for velocity, out in ((self.navigation, self.nav_out), (self.teleoperation, self.teleop_out)):
                if velocity is not None:
                    message = TwistStamped()
                    message.header.stamp = self.now()
                    message.twist.linear.x, message.twist.angular.z = velocity
                    out.publish(message)
        self.executor.spin_once(timeout_sec=0.005)

    def scan(self) -> LaserScan:
        message = LaserScan(
            angle_min=-np.pi, angle_max=np.pi, angle_increment=2 * np.pi / 359, range_min=0.12, range_max=12.0
        )
        message.header.frame_id = "laser_link"
        message.header.stamp = self.now()
        message.ranges = self.ranges.tolist()
        return message

    def until(self, what: Callable[[], Any], limit: float = LIMIT) -> Any:
        """Play until `what()` is true; fails after `limit` seconds."""
        end = time.monotonic() + limit
        while not (result := what()):
            assert self.watched is None or self.watched.poll() is None, "the process has ended"
            assert time.monotonic() < end, f"did not happen; last state: {self.state}"
            self.play()
        return result

    def for_commands(self, count: int) -> list[TwistStamped]:
        """Play until `count` more commands have come, and return them."""
        self.commands.clear()
        self.until(lambda: len(self.commands) >= count)
        return self.commands[:count]

    def reason(self, *reasons: str) -> bool:
        return self.state is not None and self.state.reason in reasons

    def speed(self) -> float:
        return self.commands[-1].twist.linear.x if self.commands else 0.0

    def set_estop(self, engaged: bool) -> SetBool.Response:
        return self.call(self._estop, SetBool.Request(data=engaged))

    def resume(self) -> Trigger.Response:
        return self.call(self._resume, Trigger.Request())

    def call(self, client: Any, request: Any) -> Any:
        self.until(client.service_is_ready)
        future = client.call_async(request)
        self.until(future.done)
        return future.result()

    def close(self) -> None:
        self.executor.shutdown()
        self.node.destroy_node()
        self.context.try_shutdown()


def assert_one_publisher_of_cmd_vel(node: Any) -> None:
    """The final velocity has one author: the safety gate. `node` must have met the graph already."""
    authors = node.get_publishers_info_by_topic(node.resolve_topic_name("cmd_vel"))
    assert [author.node_name for author in authors] == ["safety_gate"]


class UnstampedSender:
    """Sends geometry_msgs/Twist from a participant of its own, as teleop_twist_keyboard does by default."""

    def __init__(self, namespace: str, topic: str) -> None:
        self.context = rclpy.Context()
        rclpy.init(context=self.context)
        self.node = rclpy.create_node("unstamped", namespace=namespace, context=self.context)
        self.out = self.node.create_publisher(Twist, topic, qos.COMMAND)

    def send(self, linear: float) -> None:
        message = Twist()
        message.linear.x = linear
        self.out.publish(message)

    def close(self) -> None:
        self.node.destroy_node()
        self.context.try_shutdown()
