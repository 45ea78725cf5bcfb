# SPDX-License-Identifier: Apache-2.0
"""A goal that is ended from outside: its states and its result, as a client sees them."""

import time

import pytest
import rclpy
from action_msgs.msg import GoalStatus
from rclpy.action import ActionClient, CancelResponse
from ronda.action import NavigateTo

from ronda_core.deferred_action import DeferredActionServer
from ronda_core.executor import make_executor

pytestmark = pytest.mark.live
LIMIT_S = 15.0


class Stage:
    """A server and a client on one executor."""

    def __init__(self) -> None:
        self.node = rclpy.create_node("drives")
        self.begun = []
        self.server = DeferredActionServer(
            self.node, NavigateTo, "drive", self.begun.append, cancel_callback=lambda _handle: CancelResponse.ACCEPT
        )
        self.client = ActionClient(self.node, NavigateTo, "drive")
        self.executor = make_executor()
        self.executor.add_node(self.node)

    def until(self, condition):
        deadline = time.monotonic() + LIMIT_S
        while not condition():
            assert time.monotonic() < deadline
            self.executor.spin_once(timeout_sec=0.05)

    def goal(self):
        """The client's handle of a goal that was taken up, and the server's."""
        self.until(self.client.server_is_ready)
        sent = self.client.send_goal_async(NavigateTo.Goal())
        count = len(self.begun)
        self.until(lambda: sent.done() and len(self.begun) > count)
        return sent.result(), self.begun[-1]


@pytest.fixture
def stage():
    rclpy.init()
    stage = Stage()
    yield stage
    stage.client.destroy()
    stage.server.destroy()
    stage.node.destroy_node()
    rclpy.try_shutdown()


def test_a_goal_is_executing_until_it_is_answered(stage):
    asked, handle = stage.goal()
    assert handle.status == GoalStatus.STATUS_EXECUTING
    ended = asked.get_result_async()
    for _ in range(10):
        stage.executor.spin_once(timeout_sec=0.01)
    assert not ended.done()
    handle.succeed()
    stage.server.answer(handle, NavigateTo.Result(error_msg="there"))
    stage.until(ended.done)
    assert ended.result().status == GoalStatus.STATUS_SUCCEEDED
    assert ended.result().result.error_msg == "there"


def test_a_cancelled_goal_and_a_second_one_beside_it_end_each_with_its_own_result(stage):
    first, one = stage.goal()
    second, two = stage.goal()
    ends = [first.get_result_async(), second.get_result_async()]
    cancelling = first.cancel_goal_async()
    stage.until(cancelling.done)
    assert one.is_cancel_requested and not two.is_cancel_requested
    two.abort()
    stage.server.answer(two, NavigateTo.Result(error_msg="blocked"))
    one.canceled()
    stage.server.answer(one, NavigateTo.Result(error_msg="taken back"))
    stage.until(lambda: all(end.done() for end in ends))
    assert [(end.result().status, end.result().result.error_msg) for end in ends] == [
        (GoalStatus.STATUS_CANCELED, "taken back"),
        (GoalStatus.STATUS_ABORTED, "blocked"),
    ]
