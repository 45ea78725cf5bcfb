# SPDX-License-Identifier: Apache-2.0
"""The navigation action as the patrol uses it: one goal at a time, answers to goals taken back are dropped."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from action_msgs.msg import GoalStatus
from geometry_msgs.msg import PoseStamped
from rclpy.action import ActionClient
from rclpy.node import Node
from ronda.action import NavigateTo

from robot_navigation.nav2_adapter import navigation_backend


@dataclass(frozen=True, slots=True)
class DriveListener:
    """Whom to tell: arrived, failed (code, reason), progress (metres left along the path)."""

    arrived: Callable[[], None]
    failed: Callable[[int, str], None]
    progress: Callable[[float], None]


class NavigateClient:
    """Drives to one pose after another. All calls and answers are on the node's executor.

    :param backend: embedded or nav2. Raises AdapterError when it is not installed.
    """

    def __init__(self, node: Node, listener: DriveListener, backend: str = "embedded") -> None:
        self._backend = navigation_backend(backend)
        self._client = ActionClient(node, self._backend.action_type, self._backend.action_name)
        self._listener = listener
        self._ticket = 0
        self._handle: Any = None

    @property
    def ready(self) -> bool:
        """True when there is a server."""
        return bool(self._client.server_is_ready())

    def drive(self, pose: PoseStamped) -> None:
        """Ask for a pose; whatever was asked for before is forgotten."""
        self.cancel()
        ticket = self._ticket
        future = self._client.send_goal_async(
            self._backend.action_type.Goal(pose=pose),
            feedback_callback=lambda message: self._fed_back(ticket, message.feedback),
        )
        future.add_done_callback(lambda done: self._answered(ticket, done.result()))

    def cancel(self) -> None:
        """Take back the goal that is under way, if there is one."""
        self._ticket += 1
        if self._handle is not None:
            self._handle.cancel_goal_async()
            self._handle = None

    def close(self) -> None:
        """Leave the graph."""
        self._client.destroy()

    def _answered(self, ticket: int, handle: Any) -> None:
        if not handle.accepted:
            if ticket == self._ticket:
                self._listener.failed(NavigateTo.Result.UNKNOWN, "navigation refused the goal")
            return
        if ticket != self._ticket:
            handle.cancel_goal_async()
            return
        self._handle = handle
        handle.get_result_async().add_done_callback(lambda done: self._ended(ticket, done.result()))

    def _ended(self, ticket: int, answer: Any) -> None:
        if ticket != self._ticket:
            return
        self._handle = None
        if answer.status == GoalStatus.STATUS_SUCCEEDED:
            self._listener.arrived()
            return
        result = answer.result
        code = self._backend.read_code(result).value or NavigateTo.Result.UNKNOWN
        ended = "navigation cancelled the goal" if answer.status == GoalStatus.STATUS_CANCELED else "navigation failed"
        self._listener.failed(code, getattr(result, "error_msg", "") or ended)

    def _fed_back(self, ticket: int, feedback: Any) -> None:
        if ticket == self._ticket:
            self._listener.progress(feedback.distance_remaining)
