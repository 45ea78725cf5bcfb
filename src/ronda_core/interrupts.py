# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C as a question that is asked where it can be acted upon, instead of an exception between any two steps."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def noted_interrupt() -> Iterator[Callable[[], bool]]:
    """Yield a function that tells whether Ctrl-C was pressed; from the second one on, the usual handler acts.

    For the main thread. What was begun, a robot's drive for one, can then be ended in order: a KeyboardInterrupt may
    come between the request and the line that would remember it.
    """
    pressed = False

    def note(_number: int, _frame: FrameType | None) -> None:
        nonlocal pressed
        pressed = True
        signal.signal(signal.SIGINT, usual)

    usual = signal.signal(signal.SIGINT, note)
    try:
        yield lambda: pressed
    finally:
        signal.signal(signal.SIGINT, usual)
