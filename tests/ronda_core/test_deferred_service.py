# SPDX-License-Identifier: Apache-2.0
"""A service that asks another before it answers, as a client sees it."""

import time

import pytest
import rclpy
from std_srvs.srv import Trigger

from ronda_core.deferred_service import Reply, create_deferred_service
from ronda_core.executor import make_executor

pytestmark = pytest.mark.live
LIMIT_S = 15.0


class Stage:
    """A service, what it asks, and a client, on one executor."""

    def __init__(self) -> None:
        self.node = rclpy.create_node("asks")
        self.replies = []
        self.node.create_service(Trigger, "second", self._second)
        self.ask = self.node.create_client(Trigger, "second")
        create_deferred_service(self.node, Trigger, "first", self._first)
        create_deferred_service(self.node, Trigger, "at_once", self._at_once)
        self.executor = make_executor()
        self.executor.add_node(self.node)

    def _second(self, _request, response):
        response.success, response.message = True, "from the second"
        return response

    def _first(self, _request, response, reply: Reply):
        asked = self.ask.call_async(Trigger.Request())

        def pass_on(future):
            response.success, response.message = True, future.result().message
            reply.send(response)
            reply.send(Trigger.Response(message="again"))

        asked.add_done_callback(pass_on)

    def _at_once(self, _request, response, reply: Reply):
        response.message = "at once"
        reply.send(response)

    def call(self, name):
        client = self.node.create_client(Trigger, name)
        self.until(client.service_is_ready)
        future = client.call_async(Trigger.Request())
        self.until(future.done)
        return future.result()

    def until(self, condition):
        deadline = time.monotonic() + LIMIT_S
        while not condition():
            assert time.monotonic() < deadline
            self.executor.spin_once(timeout_sec=0.05)


@pytest.fixture
def stage():
    rclpy.init()
    stage = Stage()
    yield stage
    stage.node.destroy_node()
    rclpy.try_shutdown()


def test_the_answer_waits_for_another_and_is_sent_once(stage):
    stage.until(stage.ask.service_is_ready)
    for _ in range(3):
        answer = stage.call("first")
        assert (answer.success, answer.message) == (True, "from the second")


def test_an_answer_that_is_known_goes_at_once(stage):
    assert stage.call("at_once").message == "at once"
