# SPDX-License-Identifier: Apache-2.0
"""A node on a thread of its own: it hears while its owner waits, and its failure becomes the owner's."""

import os
import threading
import time

import pytest
from rclpy.node import Node
from std_msgs.msg import String

from ronda_core import qos
from ronda_core.errors import RondaError
from ronda_core.spun import check_served, spun

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


def test_who_waits_hears_of_it_at_once_and_leaves_with_its_reason():
    def wait_for_what_never_comes(node):
        deadline = time.monotonic() + 15.0
        while time.monotonic() < deadline:
            check_served(node, RondaError)
            time.sleep(0.01)
        pytest.fail("nobody said that the node had ended")

    with pytest.raises(RondaError, match="node echo failed: on fire"), spun(Broken, DOMAIN, RondaError) as node:
        wait_for_what_never_comes(node)


def test_an_error_of_its_own_comes_out_of_the_block():
    with pytest.raises(KeyError), spun(Echo, DOMAIN, RondaError):
        raise KeyError("other")
