# SPDX-License-Identifier: Apache-2.0
"""A route, and a navigation server that does what the test tells it to."""

from typing import Any

from rclpy.action import ActionServer, CancelResponse
from rclpy.node import Node
from rclpy.task import Future
from ronda.action import NavigateTo

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
        self._open: Future | None = None
        self._server = ActionServer(self, NavigateTo, "navigate_to", self._execute, cancel_callback=self._cancel)

    def close(self) -> None:
        self._server.destroy()

    def _cancel(self, _handle: Any) -> CancelResponse:
        assert self._open is not None
        self._open.set_result(None)
        return CancelResponse.ACCEPT

    async def _execute(self, handle: Any) -> NavigateTo.Result:
        point = handle.request.pose.pose.position
        self.goals.append((point.x, point.y))
        answer = self.answers.pop(0) if self.answers else 0
        if answer == "drive":
            self._open = Future()
            await self._open
            self.cancelled.append((point.x, point.y))
            handle.canceled()
            return NavigateTo.Result()
        if answer == 0:
            handle.succeed()
            return NavigateTo.Result()
        handle.abort()
        return NavigateTo.Result(error_code=answer, error_msg="blocked by a trolley")
