# SPDX-License-Identifier: Apache-2.0
"""Independent model runs side by side: each stays on one thread, and a frame is answered sooner for the same work."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

WORKERS = 2
"""More would only crowd out the robot's other nodes."""


@cache
def _pool(process: int) -> ThreadPoolExecutor:
    # Keyed by process: threads do not survive a fork.
    return ThreadPoolExecutor(WORKERS, thread_name_prefix="models")


def run_each(work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Return `work` of every item, in their order. The work must release the interpreter lock to gain, as ONNX does."""
    return list(_pool(os.getpid()).map(work, items))
