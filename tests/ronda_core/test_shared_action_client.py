# SPDX-License-Identifier: Apache-2.0
"""An answer that arrives before the request was noted: sent on one thread, spun on another."""

import os
import threading
import time

import pytest
from rclpy.action import ActionClient, CancelResponse
from rclpy.node import Node
from ronda.action import NavigateTo

from ronda_core.deferred_action import DeferredActionServer
from ronda_core.errors import RondaError
from ronda_core.shared_action_client import SharedActionClient
from ronda_core.spun import spun

pytestmark = pytest.mark.live
DOMAIN = int(os.environ["ROS_DOMAIN_ID"])
LIMIT_S = 15.0


class SlowHand:
    """A client's handle whose sender is held up until the answer has been taken, as a busy machine may do."""

    def __init__(self, handle):
        self._handle = handle
        self._taken = threading.Event()

    def __getattr__(self, name):
        found = getattr(self._handle, name)
        if name.startswith("send_"):
            return lambda *request: self._send(found, request)
        if name.startswith("take_") and name.endswith("_response"):
            return lambda kind: self._take(found, kind)
        return found

    def __enter__(self):
        return self._handle.__enter__()

    def __exit__(self, *error):
        return self._handle.__exit__(*error)

    def _send(self, send, request):
        self._taken.clear()
        number = send(*request)
        assert self._taken.wait(LIMIT_S)
        # The spinning thread is given the time in which it would look the request up.
        time.sleep(0.1)
        return number

    def _take(self, take, kind):
        taken = take(kind)
        self._taken.set()
        return taken


class Stage(Node):
    """A server that ends each goal at once, and a client of the given class."""

    def __init__(self, context, client_class):
        super().__init__("stage", context=context)
        self.server = DeferredActionServer(
            self, NavigateTo, "drive", self._begin, cancel_callback=lambda _handle: CancelResponse.ACCEPT
        )
        self.client = client_class(self, NavigateTo, "drive")
        self.client._client_handle = SlowHand(self.client._client_handle)

    def _begin(self, handle):
        handle.succeed()
        self.server.answer(handle, NavigateTo.Result(error_msg="there"))


def _ended(future, limit):
    deadline = time.monotonic() + limit
    while not future.done() and time.monotonic() < deadline:
        time.sleep(0.01)
    return future.done()


def _stage(client_class):
    return spun(lambda context: Stage(context, client_class), DOMAIN, RondaError)


def test_goal_result_and_cancellation_are_answered():
    with _stage(SharedActionClient) as stage:
        assert stage.client.wait_for_server(LIMIT_S)
        goal = stage.client.send_goal_async(NavigateTo.Goal())
        assert _ended(goal, LIMIT_S)
        result = goal.result().get_result_async()
        assert _ended(result, LIMIT_S)
        assert result.result().result.error_msg == "there"
        assert _ended(goal.result().cancel_goal_async(), LIMIT_S)


def test_the_hold_up_is_one_that_costs_the_plain_client_its_answer():
    with _stage(ActionClient) as stage:
        assert stage.client.wait_for_server(LIMIT_S)
        assert not _ended(stage.client.send_goal_async(NavigateTo.Goal()), 1.0)
