# SPDX-License-Identifier: Apache-2.0
"""A node on a thread of its own: it hears while its owner waits, and its failure becomes the owner's."""

import os
import threading

import pytest
from rclpy.node import Node
from std_msgs.msg import String

from ronda_core import qos
from ronda_core.errors import RondaError
from ronda_core.spun import spun

pytestmark = pytest.mark.live
DOMAIN = int(os.environ["ROS_DOMAIN_ID"])


class Echo(Node):
    def __init__(self, context) -> None:
        super().__init__("echo", context=context)
        self.heard = threading.Event()
        self.out = self.create_publisher(String, "word", qos.STATE)
        self.create_subscription(String, "word", self.take, qos.STATE)
        self.out.publish(String(data="here"))

    def take(self, _message: String) -> None:
        self.heard.set()


class Broken(Echo):
    def take(self, message: String) -> None:
        super().take(message)
        raise ValueError("on fire")


def test_it_hears_while_its_owner_waits_and_can_be_left_and_entered_again():
    for _ in range(3):
        with spun(Echo, DOMAIN, RondaError) as node:
            assert node.heard.wait(15.0)


def test_its_failure_is_the_owners():
    with pytest.raises(RondaError, match="node echo failed: on fire"), spun(Broken, DOMAIN, RondaError) as node:
        assert node.heard.wait(15.0)
