# SPDX-License-Identifier: Apache-2.0
"""A route, and a navigation server that does what the test tells it to."""

from typing import Any

from rclpy.action import CancelResponse
from rclpy.action.server import ServerGoalHandle
from rclpy.node import Node
from ronda.action import NavigateTo

from ronda_core.deferred_action import DeferredActionServer

ROUTE = """
route:
  name: hall
  frame: map
  waypoints:
    - {name: a, x: 1.0, y: 1.0}
    - {name: b, x: 2.0, y: 1.0}
    - {name: c, x: 2.0, y: 1.5}
"""


class Navigation(Node):
    """Ends each goal with the next of `answers`; the word `drive` keeps it driving until it is cancelled."""

    def __init__(self, answers: list[Any]) -> None:
        super().__init__("navigation")
        self.answers = answers
        self.goals: list[tuple[float, float]] = []
        self.cancelled: list[tuple[float, float]] = []
        self._driving: ServerGoalHandle | None = None
        self._cancel_due = self.create_timer(0.05, self._end_cancelled)
        self._server = DeferredActionServer(
            self, NavigateTo, "navigate_to", self._begin, cancel_callback=lambda _handle: CancelResponse.ACCEPT
        )

    def close(self) -> None:
        self._server.destroy()

    def _begin(self, handle: ServerGoalHandle) -> None:
        point = handle.request.pose.pose.position
        self.goals.append((point.x, point.y))
        answer = self.answers.pop(0) if self.answers else 0
        if answer == "drive":
            self._driving = handle
        elif answer == 0:
            handle.succeed()
            self._server.answer(handle, NavigateTo.Result())
        else:
            handle.abort()
            self._server.answer(handle, NavigateTo.Result(error_code=answer, error_msg="blocked by a trolley"))

    def _end_cancelled(self) -> None:
        handle = self._driving
        if handle is None or not handle.is_cancel_requested:
            return
        self._driving = None
        point = handle.request.pose.pose.position
        self.cancelled.append((point.x, point.y))
        handle.canceled()
        self._server.answer(handle, NavigateTo.Result())
