# SPDX-License-Identifier: Apache-2.0
"""Which of rclpy's executors serves our nodes, and the loop that turns it.

rclpy's `EventsExecutor` hears of messages by callbacks of the middleware, where `SingleThreadedExecutor` builds a wait
set of everything anew before each message: a node of ours costs less than half of the processor time with it. Both
run one callback at a time. It does not await coroutines that services return, and polls those of tasks without a
pause: nodes answer later instead (`ronda_core.deferred_action`, `ronda_core.deferred_service`).
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Final

import rclpy
from rclpy.context import Context
from rclpy.executors import Executor, ExternalShutdownException, SingleThreadedExecutor

try:
    from rclpy.experimental.events_executor import EventsExecutor as _make
except ImportError:  # rclpy older than 7.1.4
    _make = SingleThreadedExecutor

SLICE_S: Final = 1.0


def make_executor(context: Context | None = None) -> Executor:
    """Return the executor for one process or thread; of the default context unless another is given."""
    return _make(context=context or rclpy.get_default_context())


def spin(executor: Executor, context: Context | None = None, stop: Callable[[], bool] = lambda: False) -> None:
    """Serve callbacks until the context is shut down or `stop` says so; what a callback raises comes out.

    In slices of time, because `EventsExecutor.spin` without a limit waits busily in rclpy 7.1.6. Who has `stop`
    change its mind calls `end_wait`, else the slice is waited for.
    """
    context = context or rclpy.get_default_context()
    with suppress(ExternalShutdownException):
        while context.ok() and not stop():
            executor.spin_once(timeout_sec=SLICE_S)


def end_wait(executor: Executor) -> None:
    """Let a `spin_once` that waits return at once. From any thread; `EventsExecutor.wake` alone does not do it."""
    executor.create_task(_nothing)


def _nothing() -> None:
    pass
