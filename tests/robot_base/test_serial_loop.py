# SPDX-License-Identifier: Apache-2.0
"""The whole loop: gate, bridge, wire, firmware, simulated robot, and back through the laser."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import rclpy
from geometry_msgs.msg import TwistStamped
from nav_msgs.msg import Odometry
from rclpy.executors import SingleThreadedExecutor
from ronda.msg import SafetyState
from tests.robot_base.live import assert_one_publisher_of_cmd_vel

from ronda_core import qos

pytestmark = [pytest.mark.live, pytest.mark.slow]
LAUNCH = Path(__file__).with_name("serial_loop.launch.xml")


def test_a_teleoperated_robot_moves_through_the_firmware_as_its_odometry_says(tmp_path: Path) -> None:
    words = ["device:=" + str(tmp_path / "board"), "namespace:=loop1"]
    robot = subprocess.Popen([sys.executable, "-m", "ronda_cli", "launch", str(LAUNCH), *words])
    context = rclpy.Context()
    rclpy.init(context=context)
    node = rclpy.create_node("driver", namespace="loop1", context=context)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(node)
    heard: dict[str, Odometry] = {}
    reason: list[str] = []
    node.create_subscription(
        SafetyState, "safety_state", lambda m: reason.__setitem__(slice(None), [m.reason]), qos.STATE
    )
    for topic in ("odom", "ground_truth"):
        node.create_subscription(Odometry, topic, lambda m, name=topic: heard.__setitem__(name, m), qos.SENSOR)
    out = node.create_publisher(TwistStamped, "cmd_vel_teleop", qos.COMMAND)

    def x(topic: str) -> float:
        return heard[topic].pose.pose.position.x

    def until(what, speed: float | None = None) -> None:
        end, beat = time.monotonic() + 90.0, 0.0
        while not what():
            assert time.monotonic() < end, heard
            assert robot.poll() is None
            if speed is not None and time.monotonic() - beat > 0.05:
                beat = time.monotonic()
                message = TwistStamped()
                # A hiccup of a loaded machine may trip a watchdog; then the driver lets go of the stick once.
                message.twist.linear.x = 0.0 if reason == ["await_zero"] else speed
                out.publish(message)
            executor.spin_once(timeout_sec=0.01)

    try:
        until(lambda: {"odom", "ground_truth"} <= set(heard))
        start = {topic: x(topic) for topic in heard}
        until(lambda: x("odom") - start["odom"] > 1.0, speed=0.4)
        until(lambda: all(abs(message.twist.twist.linear.x) < 0.01 for message in heard.values()))  # driver silent
        way = x("odom") - start["odom"]
        # The firmware lives in real time: a machine too slow for a real-time factor of 1 makes the two differ.
        assert x("ground_truth") - start["ground_truth"] == pytest.approx(way, rel=0.25)
        assert_one_publisher_of_cmd_vel(node)
    finally:
        robot.send_signal(signal.SIGINT)
        assert robot.wait(30) == 130  # ended by Ctrl-C
        executor.shutdown()
        node.destroy_node()
        context.try_shutdown()
