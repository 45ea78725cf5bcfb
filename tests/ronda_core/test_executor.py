# SPDX-License-Identifier: Apache-2.0
"""What nodes rely on: callbacks of every kind, errors that come out, an end when the context ends."""

import threading

import pytest
import rclpy
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from std_msgs.msg import String
from std_srvs.srv import Trigger

from ronda_core import qos
from ronda_core.executor import make_executor, spin

pytestmark = pytest.mark.live


@pytest.fixture
def node():
    rclpy.init()
    node = rclpy.create_node("turned")
    yield node
    node.destroy_node()
    rclpy.try_shutdown()


def end_at(node: Node, count: int, seen: list[object]) -> None:
    """Shut down once so much was seen; fails the test after a while."""
    limit = threading.Timer(20.0, rclpy.try_shutdown)
    limit.daemon = True
    limit.start()
    steady = Clock(clock_type=ClockType.STEADY_TIME)
    node.create_timer(0.01, lambda: rclpy.try_shutdown() if len(seen) >= count else None, clock=steady)


def test_messages_timers_and_answers_are_served_until_the_context_ends(node):
    seen: list[object] = []
    out = node.create_publisher(String, "word", qos.EVENT)
    node.create_subscription(String, "word", lambda message: seen.append(message.data), qos.EVENT)
    server = node.create_service(Trigger, "ask", lambda _request, response: response)
    client = node.create_client(Trigger, "ask")
    asked: list[object] = []

    def speak() -> None:
        if client.service_is_ready() and not asked:
            asked.append(client.call_async(Trigger.Request()))
            asked[0].add_done_callback(lambda future: seen.append(future.result()))
            out.publish(String(data="here"))

    node.create_timer(0.02, speak)
    end_at(node, 2, seen)
    executor = make_executor()
    executor.add_node(node)
    spin(executor)
    assert "here" in seen and any(isinstance(one, Trigger.Response) for one in seen)
    assert server is not None


def test_what_a_callback_raises_comes_out(node):
    def fail() -> None:
        raise ValueError("the printer is on fire")

    node.create_timer(0.01, fail)
    executor = make_executor()
    executor.add_node(node)
    with pytest.raises(ValueError, match="printer is on fire"):
        spin(executor)


def test_a_task_from_another_thread_is_done_on_the_executors(node):
    seen: list[object] = []
    end_at(node, 1, seen)
    executor = make_executor()
    executor.add_node(node)
    threading.Timer(
        0.05, lambda: node.executor.create_task(lambda: seen.append(threading.current_thread().name))
    ).start()
    spin(executor)
    assert seen == [threading.main_thread().name]
