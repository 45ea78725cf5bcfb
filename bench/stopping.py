# SPDX-License-Identifier: Apache-2.0
"""How fast the robot stops: the gate's answer to an obstacle and to silence, the firmware's to a killed bridge.

Real processes and topics. `obstacle_ms`: stamp of the first scan that shows an obstacle 1.0 m ahead of the bumper, at
top speed, to the arrival of a zero cmd_vel. `source_killed_ms`: last command to zero. `bridge_killed_ms`: kill -9 of
the serial bridge at top speed to wheels below 0.01 m/s, as the firmware's motors report it 20 times a second.
"""

import contextlib
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import rclpy
from geometry_msgs.msg import TransformStamped, TwistStamped
from rclpy.executors import SingleThreadedExecutor
from ronda.msg import SafetyState
from sensor_msgs.msg import LaserScan
from std_msgs.msg import Bool
from std_srvs.srv import Trigger
from tf2_msgs.msg import TFMessage

from robot_base.safety_zones import Footprint
from robot_base.simulated_device import SimulatedDevice
from ronda_cli.measurement import main
from ronda_core import qos

NAMESPACE = "/stopping"
TOP_SPEED = 0.8
FRONT = Footprint().front
LIMIT = 30.0


@contextlib.contextmanager
def node(module, *words):
    running = subprocess.Popen([sys.executable, "-m", module, "--ros-args", "-r", f"__ns:={NAMESPACE}", *words])
    try:
        yield running
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(LIMIT)


class Stage:
    """Plays the laser and the driver, and notes when cmd_vel becomes zero."""

    def __init__(self):
        rclpy.init()
        self.node = rclpy.create_node("stage", namespace=NAMESPACE)
        self.executor = SingleThreadedExecutor()
        self.executor.add_node(self.node)
        self.bumper = self.node.create_publisher(Bool, "bumper", qos.SENSOR)
        self.scans = self.node.create_publisher(LaserScan, "scan", qos.SENSOR)
        self.drive = self.node.create_publisher(TwistStamped, "cmd_vel_nav", qos.COMMAND)
        self.direct = self.node.create_publisher(TwistStamped, "cmd_vel", qos.COMMAND)
        self.static = self.node.create_publisher(TFMessage, "/tf_static", qos.TF_STATIC)
        self.node.create_subscription(TwistStamped, "cmd_vel", self.take, qos.COMMAND)
        self.node.create_subscription(SafetyState, "safety_state", self.take_state, qos.STATE)
        self.speed, self.zero_at, self.reason = 0.0, None, ""
        self.angles = np.linspace(-np.pi, np.pi, 360)
        self.obstacle, self.scan_at, self.command_at = None, 0.0, 0.0
        self.commanding = True
        laser = TransformStamped(child_frame_id="laser_link")
        laser.header.frame_id = "base_footprint"
        laser.transform.rotation.w = 1.0
        self.static.publish(TFMessage(transforms=[laser]))

    def take(self, message):
        self.speed = message.twist.linear.x
        if self.speed == 0.0 and self.zero_at is None:
            self.zero_at = time.time()

    def take_state(self, message):
        self.reason = message.reason

    def play(self, publisher=None, speed=TOP_SPEED):
        now = time.time()
        if now - self.scan_at >= 0.1:
            self.scan_at = now
            ranges = np.full(360, 6.0) + np.random.default_rng().normal(0, 0.01, 360)
            if self.obstacle is not None:
                ahead = np.abs(self.angles) < 0.2
                ranges[ahead] = self.obstacle / np.cos(self.angles[ahead])
            scan = LaserScan(angle_min=-np.pi, angle_max=np.pi, angle_increment=2 * np.pi / 359, range_min=0.12)
            scan.range_max = 12.0
            scan.ranges = ranges.astype(np.float32).tolist()
            scan.header.frame_id = "laser_link"
            scan.header.stamp = self.node.get_clock().now().to_msg()
            self.scans.publish(scan)
            self.bumper.publish(Bool())
        if self.commanding and now - self.command_at >= 0.05:
            self.command_at = now
            message = TwistStamped()
            message.header.stamp = self.node.get_clock().now().to_msg()
            message.twist.linear.x = speed
            (publisher or self.drive).publish(message)
        self.executor.spin_once(timeout_sec=0.002)

    def until(self, what, **play):
        end = time.time() + LIMIT
        while not what():
            if time.time() > end:
                raise RuntimeError(f"did not happen; gate says {self.reason}, speed {self.speed}")
            self.play(**play)

    def for_seconds(self, seconds, **play):
        end = time.time() + seconds
        self.until(lambda: time.time() > end, **play)


def quantiles(values):
    ordered = sorted(values)
    return {
        "p50": round(statistics.median(ordered), 1),
        "p95": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 1),
        "max": round(ordered[-1], 1),
        "n": len(ordered),
    }


def gate(stage, count):
    obstacle, silence = [], []
    with tempfile.TemporaryDirectory() as site, node("robot_base.safety_gate_node", "-p", f"data_dir:={site}"):
        stage.commanding = False
        stage.until(lambda: stage.reason == "no_command")
        stage.for_seconds(2.0)
        stage.commanding = True
        for _ in range(count):
            stage.until(lambda: stage.speed > TOP_SPEED - 0.01)
            stage.obstacle, stage.scan_at, stage.zero_at = FRONT + 1.0, 0.0, None
            stage.play()
            shown = stage.scan_at
            stage.until(lambda: stage.zero_at is not None)
            obstacle.append((stage.zero_at - shown) * 1000)
            stage.obstacle = None
        for _ in range(count):
            stage.until(lambda: stage.speed > TOP_SPEED - 0.01)
            stage.commanding, stage.zero_at = False, None
            stage.until(lambda: stage.zero_at is not None)
            silence.append((stage.zero_at - stage.command_at) * 1000)
            stage.commanding = True
    return {"obstacle_ms": quantiles(obstacle), "source_killed_ms": quantiles(silence)}


def bridge(stage, count):
    times = []
    with tempfile.TemporaryDirectory() as folder:
        link = Path(folder) / "board"
        for _ in range(count):
            with (
                SimulatedDevice(link, report=True) as device,
                node("robot_base.base_node", "-p", f"device:={link}") as base,
            ):
                # Killed predecessors stay in the graph for a while: ask until the one that lives answers.
                arm = stage.node.create_client(Trigger, "base/arm")
                futures = []
                while not any(future.done() and future.result().success for future in futures):
                    futures.append(arm.call_async(Trigger.Request()))
                    stage.for_seconds(0.5, speed=0.0, publisher=stage.direct)
                stage.for_seconds(2.0, speed=TOP_SPEED, publisher=stage.direct)
                os.kill(base.pid, signal.SIGKILL)
                killed = time.time()
                fastest = 0.0
                os.set_blocking(device.process.stdout.fileno(), True)
                # What was reported before the kill still lies in the pipe; only later reports count.
                for left, _ in device.wheel_speeds():
                    if time.time() - killed < 0.002:
                        fastest = max(fastest, left)
                    elif abs(left) < 0.01:
                        times.append((time.time() - killed) * 1000)
                        break
                assert fastest > 0.7, "the robot was not driving"
    return {"bridge_killed_ms": quantiles(times)}


def run(options):
    stage = Stage()
    return {**gate(stage, options.count), **bridge(stage, max(3, options.count // 10))}


def add_options(parser):
    parser.add_argument("--count", type=int, default=100, help="stops of each kind (a tenth of it for the bridge)")


if __name__ == "__main__":
    os.environ.setdefault("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    sys.exit(main(run, __doc__.splitlines()[0], add_options))
