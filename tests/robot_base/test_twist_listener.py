# SPDX-License-Identifier: Apache-2.0
"""Two types under one name: the node hears TwistStamped, the listener Twist, on the same topics."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import rclpy
from geometry_msgs.msg import Twist, TwistStamped
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from tests.robot_base.live import LIMIT, UnstampedSender

from robot_base.twist_listener import TwistListener
from ronda_core import qos

pytestmark = pytest.mark.live
NAMESPACE = "/twist_test"


class Owner:
    """A node that hears the stamped type itself and the other through the listener."""

    def __init__(self) -> None:
        self.context = rclpy.Context()
        rclpy.init(context=self.context)
        self.node: Node = rclpy.create_node("owner", namespace=NAMESPACE, context=self.context)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.executor.add_node(self.node)
        self.stamped: list[TwistStamped] = []
        self.unstamped: list[tuple[str, float]] = []
        for topic in ("one", "two"):
            self.node.create_subscription(TwistStamped, topic, self.stamped.append, qos.COMMAND)
        self.listener = TwistListener(self.node, ["one", "two"], self.hear)

    def hear(self, topic: str, message: Twist) -> None:
        self.unstamped.append((topic, message.linear.x))

    def until(self, what: Callable[[], Any], act: Callable[[], Any]) -> None:
        end = time.monotonic() + LIMIT
        while not what():
            assert time.monotonic() < end, "did not happen"
            act()
            self.executor.spin_once(timeout_sec=0.05)

    def close(self) -> None:
        self.listener.close()
        self.executor.shutdown()
        self.node.destroy_node()
        self.context.try_shutdown()


@pytest.fixture
def owner() -> Iterator[Owner]:
    owner = Owner()
    yield owner
    owner.close()


def test_each_topic_is_heard_under_its_own_name(owner: Owner) -> None:
    for topic, speed in (("one", 0.25), ("two", -0.5)):
        sender = UnstampedSender(NAMESPACE, topic)
        try:
            owner.until(
                lambda expected=(topic, speed): expected in owner.unstamped,
                lambda sender=sender, speed=speed: sender.send(speed),
            )
        finally:
            sender.close()
    assert set(owner.unstamped) == {("one", 0.25), ("two", -0.5)}
    assert not owner.stamped


def test_the_stamped_type_still_reaches_the_node_alone(owner: Owner) -> None:
    out = owner.node.create_publisher(TwistStamped, "one", qos.COMMAND)
    owner.until(lambda: owner.stamped, lambda: out.publish(TwistStamped()))
    assert not owner.unstamped


def test_closing_ends_its_thread(owner: Owner) -> None:
    assert any(thread.name == "twist-listener" for thread in threading.enumerate())
    owner.listener.close()
    assert not any(thread.name == "twist-listener" for thread in threading.enumerate())
