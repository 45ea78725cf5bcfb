# SPDX-License-Identifier: Apache-2.0
"""The node as a process of its own, where no OpenGL can be loaded."""

import os
import signal
import subprocess
import sys
import time

import pytest
import rclpy
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from geometry_msgs.msg import TwistStamped
from nav_msgs.msg import Odometry
from rclpy.executors import SingleThreadedExecutor
from sensor_msgs.msg import CameraInfo, Image, LaserScan
from tests.robot_simulation.small_world import write_robot, write_world
from tests.robot_simulation.test_camera import CAMERA

from ronda_core import qos

pytestmark = pytest.mark.live
LIMIT = 30.0  # s; far above what is needed, so that a loaded machine does not fail a test


def command(folder, repository, *parameters):
    world, robot = write_world(folder), write_robot(folder, '<gazebo reference="laser">', CAMERA)
    settings = [f"world_file:={world}", f"description_file:={robot}", *parameters]
    arguments = [word for setting in settings for word in ("-p", setting)]
    return (
        [sys.executable, "-m", "robot_simulation.simulator_node", "--ros-args", "-r", "__ns:=/dark", *arguments],
        # A list of EGL drivers that names none: the library loads, and finds nothing to draw with.
        {**os.environ, "PYTHONPATH": str(repository / "src"), "MUJOCO_GL": "egl",
         "__EGL_VENDOR_LIBRARY_FILENAMES": os.devnull},
    )  # fmt: skip


class Listener:
    """Hears the node, until a condition holds."""

    def __init__(self):
        self.context = rclpy.Context()
        rclpy.init(context=self.context)
        self.node = rclpy.create_node("listener", namespace="/dark", context=self.context)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.executor.add_node(self.node)
        self.heard = {}
        for kind, topic in (
            (LaserScan, "scan"), (Odometry, "odom"), (CameraInfo, "camera/camera_info"),
            (Image, "camera/image_raw"), (DiagnosticArray, "diagnostics"),
        ):  # fmt: skip
            self.node.create_subscription(kind, topic, self._note(topic), qos.SENSOR)
        self.commands = self.node.create_publisher(TwistStamped, "cmd_vel", qos.COMMAND)

    def _note(self, topic):
        return lambda message: self.heard.setdefault(topic, []).append(message)

    def until(self, condition, process, what):
        end = time.monotonic() + LIMIT
        while not condition():
            assert process.poll() is None, f"the node ended with {process.returncode}"
            assert time.monotonic() < end, f"waited for {what}, heard {list(self.heard)}"
            self.executor.spin_once(timeout_sec=0.05)

    def warnings(self):
        statuses = [status for message in self.heard.get("diagnostics", []) for status in message.status]
        return [status.message for status in statuses if status.level == DiagnosticStatus.WARN]

    def close(self):
        self.executor.shutdown()
        self.node.destroy_node()
        rclpy.shutdown(context=self.context)


@pytest.fixture
def listener():
    made = Listener()
    yield made
    made.close()


def test_without_a_way_to_draw_it_says_so_and_drives_on(tmp_path, repository, listener):
    words, environment = command(tmp_path, repository)
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(words, env=environment, stderr=output, stdout=output)
        try:
            listener.until(lambda: {"scan", "odom", "camera/camera_info"} <= set(listener.heard), process, "sensors")
            listener.until(listener.warnings, process, "a warning in the diagnostics")

            def driven():
                listener.commands.publish(TwistStamped())
                message = TwistStamped()
                message.twist.linear.x = 0.3
                listener.commands.publish(message)
                return listener.heard["odom"][-1].pose.pose.position.x > 0.05

            listener.until(driven, process, "a driven robot")
            process.send_signal(signal.SIGINT)
            assert process.wait(LIMIT) == 0
        finally:
            if process.poll() is None:
                process.kill()
                process.wait(LIMIT)
    assert "the camera is off: pictures cannot be rendered here" in listener.warnings()[0]
    printed = log.read_text()
    assert "the camera is off: " in printed
    assert "start with camera:=false" in printed
    assert "Traceback" not in printed
    assert "camera/image_raw" not in listener.heard
    assert listener.heard["scan"][0].ranges[2] == pytest.approx(2.0, abs=0.05)


def test_a_mapping_without_a_value_is_refused(tmp_path, repository):
    words, environment = command(tmp_path, repository, "mappings:=['camera_rate']")
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=LIMIT)
    assert done.returncode == 2
    assert "mapping 'camera_rate' is not of the form name:=value" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_simulation_that_crashes_is_no_orderly_end(tmp_path, repository):
    words, environment = command(tmp_path, repository, "camera:=false")
    crash = "from robot_simulation import simulator, simulator_node as n; simulator.Simulator.step = lambda s: 1 / 0; "
    words[1:3] = ["-c", crash + "raise SystemExit(n.main())"]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=LIMIT)
    assert done.returncode == 1
    assert "simulation stopped: division by zero" in done.stderr
