# SPDX-License-Identifier: Apache-2.0
"""Gazebo's contact reports become the bumper's switch.

ros_gz_interfaces is in no package registry, so the reports travel as another message that holds an array: the node
reads nothing of them but how long that is.
"""

import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
import rclpy
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rclpy.executors import SingleThreadedExecutor
from std_msgs.msg import Bool

from robot_simulation.bumper_contact_node import BumperContactNode
from ronda_core import qos

pytestmark = pytest.mark.live
LIMIT_S = 30.0
CONTACT, EMPTY = DiagnosticArray(status=[DiagnosticStatus()]), DiagnosticArray()


class Gazebo:
    """Sends contact reports and hears the switch."""

    def __init__(self):
        self.node = rclpy.create_node("gazebo")
        self.heard = []
        self.out = self.node.create_publisher(DiagnosticArray, "bumper_contacts", qos.SENSOR)
        self.node.create_subscription(Bool, "bumper", lambda message: self.heard.append(message.data), qos.SENSOR)
        self.executor = SingleThreadedExecutor()
        for node in (self.node, BumperContactNode()):
            self.executor.add_node(node)

    def until(self, condition, report=None):
        """Send the report again and again until the condition holds."""
        end = time.monotonic() + LIMIT_S
        while not condition():
            assert time.monotonic() < end, f"heard {self.heard[-5:]}"
            if report is not None:
                self.out.publish(report)
            self.executor.spin_once(timeout_sec=0.02)

    def until_switched(self, pressed, report=None):
        self.heard.clear()
        self.until(lambda: self.heard and self.heard[-1] is pressed, report)


@pytest.fixture
def gazebo(monkeypatch):
    monkeypatch.setattr(DiagnosticArray, "contacts", property(lambda message: message.status), raising=False)
    monkeypatch.setitem(sys.modules, "ros_gz_interfaces.msg", SimpleNamespace(Contacts=DiagnosticArray))
    rclpy.init()
    made = Gazebo()
    yield made
    made.executor.shutdown()
    for node in (made.node, *made.executor.get_nodes()):
        node.destroy_node()
    rclpy.try_shutdown()


def test_is_pressed_while_contacts_are_reported_and_released_afterwards(gazebo):
    gazebo.until_switched(False)
    gazebo.until(gazebo.out.get_subscription_count)
    gazebo.until_switched(True, CONTACT)
    # Gazebo falls silent when the contact ends.
    gazebo.until_switched(False)
    gazebo.until_switched(True, CONTACT)
    gazebo.until_switched(False, EMPTY)


def test_without_the_messages_it_says_what_to_install():
    done = subprocess.run(
        [sys.executable, "-m", "ronda_cli", "run", "bumper_contact_node"],
        capture_output=True, text=True, timeout=LIMIT_S,
    )  # fmt: skip
    assert done.returncode == 2
    assert "ros_gz_interfaces is not installed" in done.stderr
    assert "ros-jazzy-ros-gz" in done.stderr
    assert "Traceback" not in done.stderr
