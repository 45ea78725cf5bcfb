# SPDX-License-Identifier: Apache-2.0
"""Gazebo only: turns the contact sensor's reports into the `bumper` switch (std_msgs/Bool) of every other base.

Gazebo's own TouchPlugin is no substitute: it reports the first touch and switches itself off.
"""

import sys
from importlib import import_module

from rclpy.node import Node
from std_msgs.msg import Bool

from robot_simulation.contact_hold import ContactHold
from robot_simulation.errors import SimulationError
from ronda_core import qos
from ronda_core.node_main import run_node
from ronda_core.stamps import to_seconds

RELEASE_S = 0.2
PERIOD_S = 0.05


class BumperContactNode(Node):
    """Subscribes `bumper_contacts`, publishes `bumper` at 20 Hz."""

    def __init__(self) -> None:
        super().__init__("bumper_contact")
        try:
            contacts_type = import_module("ros_gz_interfaces.msg").Contacts
        except ImportError as error:
            self.destroy_node()
            raise SimulationError(
                "the package ros_gz_interfaces is not installed", hint="install ros-jazzy-ros-gz, or use sim:=embedded"
            ) from error
        self._hold = ContactHold(RELEASE_S)
        self._publisher = self.create_publisher(Bool, "bumper", qos.SENSOR)
        self.create_subscription(
            contacts_type,
            "bumper_contacts",
            lambda message: self._hold.report(len(message.contacts), self._now()),
            qos.SENSOR,
        )
        self.create_timer(PERIOD_S, lambda: self._publisher.publish(Bool(data=self._hold.pressed(self._now()))))

    def _now(self) -> float:
        return to_seconds(self.get_clock().now().to_msg())


def main() -> None:
    """Run the node until it is told to stop."""
    sys.exit(run_node(BumperContactNode))


if __name__ == "__main__":
    main()
