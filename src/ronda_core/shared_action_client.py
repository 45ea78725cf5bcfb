# SPDX-License-Identifier: Apache-2.0
"""An action client that may be asked on another thread than the one that spins it."""

import threading
from typing import Any

from rclpy.action import ActionClient


class SharedActionClient(ActionClient):
    """Knows each request before its answer is looked at.

    rclpy's own client sends a request first and notes it afterwards, unguarded: an answer that the spinning thread
    takes in between is dropped as unexpected, and the future never ends. Whoever spins waits here until a request that
    is being sent has been noted.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        """For the arguments see rclpy's ActionClient."""
        self._sending = threading.Lock()
        super().__init__(*args, **options)

    def send_goal_async(self, *args: Any, **options: Any) -> Any:
        """Send a goal; see rclpy's ActionClient."""
        with self._sending:
            return super().send_goal_async(*args, **options)

    def _cancel_goal_async(self, goal_handle: Any) -> Any:
        with self._sending:
            return super()._cancel_goal_async(goal_handle)

    def _get_result_async(self, goal_handle: Any) -> Any:
        with self._sending:
            return super()._get_result_async(goal_handle)

    async def execute(self, taken_data: Any) -> None:
        """Hand answers to their futures. Called by rclpy."""
        # Held for a moment only: the callbacks of a future may send the next request.
        with self._sending:
            pass
        await super().execute(taken_data)
