# SPDX-License-Identifier: Apache-2.0
"""An action server whose goals are ended from outside, some time after they were taken up."""

from collections.abc import Callable
from typing import Any

from rclpy.action import ActionServer
from rclpy.action.server import ServerGoalHandle
from rclpy.node import Node


class DeferredActionServer(ActionServer):
    """Takes goals up by calling `begin(handle)`; who has reached the end sets the handle's state and calls `answer`.

    rclpy's own server wants a callback that lasts as long as the goal: a thread, or a coroutine that is polled.
    """

    def __init__(
        self, node: Node, action_type: Any, name: str, begin: Callable[[ServerGoalHandle], None], **options: Any
    ) -> None:
        """For `options` (goal_callback, cancel_callback...) see rclpy's ActionServer."""
        self._begin = begin
        super().__init__(node, action_type, name, lambda _handle: None, **options)

    def notify_execute(self, goal_handle: ServerGoalHandle, _execute_callback: Any) -> None:
        """Take up a goal, which is in the state EXECUTING now. Called by rclpy."""
        self._begin(goal_handle)

    def answer(self, handle: ServerGoalHandle, result: Any) -> None:
        """Send the result of a goal whose state was set (succeed, abort, canceled)."""
        super().notify_execute(handle, lambda _handle: result)
