# SPDX-License-Identifier: Apache-2.0
"""Hands the newest frame to one worker thread; older ones that nobody took are dropped, never queued."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class FrameSlot(Generic[T]):
    """Holds at most one item; ``work`` runs for each taken item in a thread of its own until :meth:`close`."""

    def __init__(self, work: Callable[[T], None], failed: Callable[[Exception], None]) -> None:
        """``failed`` is told of an exception that ``work`` raised; the next item is taken all the same."""
        self._work = work
        self._failed = failed
        self._item: T | None = None
        self._closed = False
        self._condition = threading.Condition()
        self.dropped = 0
        self._thread = threading.Thread(target=self._run, name="faces", daemon=True)
        self._thread.start()

    def offer(self, item: T) -> None:
        """Replace the waiting item."""
        with self._condition:
            self.dropped += self._item is not None
            self._item = item
            self._condition.notify()

    def close(self, timeout_s: float = 5.0) -> None:
        """Let the current item finish, then end the thread."""
        with self._condition:
            self._closed = True
            self._condition.notify()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._item is not None or self._closed)
                if self._closed:
                    return
                item, self._item = self._item, None
            try:
                self._work(item)  # type: ignore[arg-type]
            except Exception as error:
                self._failed(error)
