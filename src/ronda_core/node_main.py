# SPDX-License-Identifier: Apache-2.0
"""How every node process starts and ends: one executor, clean on SIGINT and SIGTERM, one clear line for a bad input."""

from __future__ import annotations

import contextlib
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType

import rclpy
import rclpy.signals
from rclpy._rclpy_pybind11 import RCLError
from rclpy.context import Context
from rclpy.executors import Executor, ExternalShutdownException
from rclpy.node import Node

from ronda_core.errors import RondaError
from ronda_core.executor import end_wait, make_executor, spin
from ronda_core.last_resort import ends_within

EXIT_OK, EXIT_CRASH, EXIT_BAD_INPUT = 0, 1, 2
LEAVE_S = 4
"""Seconds for leaving the graph; `ronda launch` and ROS's own launcher send SIGTERM after five."""


def run_node(factory: Callable[[], Node]) -> int:
    """Make a node, spin it until SIGINT, SIGTERM or shutdown, and return the process's exit status.

    A node may have a method `close()`, which is called before it is destroyed.
    """
    interrupted, making = False, True

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        # An error amid the making, once. Later only a wish: an interrupt amid a callback, or amid the clean-up, would
        # tear it apart.
        nonlocal interrupted
        first, interrupted = not interrupted, True
        if making and first:
            raise KeyboardInterrupt

    node: Node | None = None
    failure: Exception | None = None
    started = False
    try:
        try:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, interrupt)
            _init()
            started = True
            node = factory()
            making = False
            executor = make_executor()
            executor.add_node(node)
            with _heard_at_once(executor):
                spin(executor, stop=lambda: interrupted)
        except Exception as error:
            failure = error
        making = False
    except KeyboardInterrupt:
        pass  # from whichever line above, the handling of an error included
    # From here on, the interpreter's own end included, a second Ctrl-C changes nothing; the impatient send SIGKILL.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    # A signal may surface as an error of whichever call it met, instead of a KeyboardInterrupt.
    refused = isinstance(failure, RondaError) and not interrupted
    orderly = interrupted or isinstance(failure, ExternalShutdownException) or (started and not rclpy.ok())
    try:
        if orderly and not refused:
            _shutdown()  # a node's close() tells an orderly end by the context
        if node is not None:
            close = getattr(node, "close", None)
            if close is not None:
                close()
            leave(node, EXIT_OK if orderly else EXIT_CRASH)
    finally:
        _shutdown()
    if refused:
        assert isinstance(failure, RondaError)
        sys.stderr.write(failure.describe() + "\n")
        return EXIT_BAD_INPUT
    if failure is not None and not orderly:
        raise failure
    return EXIT_OK


def leave(node: Node, status: int = EXIT_OK) -> None:
    """Destroy the last node of a context, as the last act of a process that is to end with exit status `status`."""
    with ends_within(LEAVE_S, status):
        node.destroy_node()


@contextlib.contextmanager
def until_shutdown(context: Context) -> Iterator[None]:
    """End the block quietly when ROS refuses a call in it because the context has ended: for a node's own threads."""
    try:
        yield
    except RCLError:
        if context.ok():
            raise


@contextlib.contextmanager
def _heard_at_once(executor: Executor) -> Iterator[None]:
    """Let a signal end the executor's wait: Python's handlers run only when it returns from there."""
    reader, writer = socket.socketpair()
    writer.setblocking(False)

    def listen() -> None:
        while reader.recv(64):
            end_wait(executor)

    listener = threading.Thread(target=listen, name="signals", daemon=True)
    listener.start()
    before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        writer.close()
        listener.join()
        reader.close()


def _init() -> None:
    """Start ROS with the command line. Raises RondaError where ROS cannot read it, or the environment."""
    try:
        # Without rclpy's own handlers: they shut the context down at once, under whichever callback runs.
        rclpy.init(args=sys.argv, signal_handler_options=rclpy.signals.SignalHandlerOptions.NO)
    except RCLError as error:
        # What went wrong, without rcl's own levels before it and the places in its sources behind it.
        said = str(error).removeprefix("failed to initialize rcl: ").partition(", at ")[0].partition(". Error:")[0]
        raise RondaError(
            f"ROS cannot start: {said}",
            hint="--ros-args -p NAME:=VALUE -r FROM:=TO; ROS_DOMAIN_ID from 0 to 232",
        ) from error


def _shutdown() -> None:
    with contextlib.suppress(RCLError):
        rclpy.try_shutdown()
