# SPDX-License-Identifier: Apache-2.0
"""Tells the garage's server what a gate's screen shows. Lost without harm: the next one tells everything again.

The answer says whether the driver pressed the help button on the screen.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

from face_perception.frame_slot import FrameSlot

TIMEOUT_S = 2.0


class ScreenLink:
    """Sends the newest state from a thread of its own, where ``asked`` is called when the driver asks for help.

    ``problem`` is empty while that works.
    """

    def __init__(self, server: str, gate: str, secret: str, asked: Callable[[], None]) -> None:
        self._url = f"{server.rstrip('/')}/gates/{gate}/state"
        self._headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        self._asked, self.problem = asked, ""
        self._slot: FrameSlot[Mapping[str, Any]] = FrameSlot(self._send, self._failed)

    def show(self, state: Mapping[str, Any]) -> None:
        """Send a state; one that was not sent yet is replaced."""
        self._slot.offer(state)

    def close(self) -> None:
        """End the thread."""
        self._slot.close()

    def _send(self, state: Mapping[str, Any]) -> None:
        body = json.dumps(state, ensure_ascii=False).encode()
        request = urllib.request.Request(self._url, body, self._headers, method="PUT")
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            told = json.load(answer)
        self.problem = ""
        if told.get("help"):
            self._asked()

    def _failed(self, error: Exception) -> None:
        self.problem = f"the screen's server does not answer: {error}"
