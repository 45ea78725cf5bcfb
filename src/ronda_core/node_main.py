# SPDX-License-Identifier: Apache-2.0
"""How every node process starts and ends: one executor, clean on SIGINT and SIGTERM, one clear line for a bad input."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Callable
from types import FrameType

import rclpy
import rclpy.signals
from rclpy._rclpy_pybind11 import RCLError
from rclpy.executors import ExternalShutdownException
from rclpy.node import Node

from ronda_core.errors import RondaError
from ronda_core.executor import make_executor, spin

EXIT_OK, EXIT_CRASH, EXIT_BAD_INPUT = 0, 1, 2


def run_node(factory: Callable[[], Node]) -> int:
    """Make a node, spin it until SIGINT, SIGTERM or shutdown, and return the process's exit status.

    A node may have a method `close()`, which is called before it is destroyed.
    """
    interrupted, awaited = False, True

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        # Once, and only while the code below is ready for it: an interrupt amid the clean-up would tear it apart.
        nonlocal interrupted
        if awaited and not interrupted:
            interrupted = True
            raise KeyboardInterrupt
        interrupted = True

    node: Node | None = None
    failure: Exception | None = None
    started = False
    try:
        try:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, interrupt)
            # rclpy's own handlers wake the executor's wait; Python's alone would be heard only after the next message.
            _init()
            started = True
            node = factory()
            executor = make_executor()
            executor.add_node(node)
            spin(executor)
        except Exception as error:
            failure = error
        awaited = False
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
            node.destroy_node()
    finally:
        _shutdown()
    if refused:
        assert isinstance(failure, RondaError)
        sys.stderr.write(failure.describe() + "\n")
        return EXIT_BAD_INPUT
    if failure is not None and not orderly:
        raise failure
    return EXIT_OK


def _init() -> None:
    """Start ROS with the command line. Raises RondaError where ROS cannot read it, or the environment."""
    try:
        rclpy.init(args=sys.argv, signal_handler_options=rclpy.signals.SignalHandlerOptions.ALL)
    except RCLError as error:
        # What went wrong, without rcl's own levels before it and the places in its sources behind it.
        said = str(error).removeprefix("failed to initialize rcl: ").partition(", at ")[0].partition(". Error:")[0]
        raise RondaError(
            f"ROS cannot start: {said}",
            hint="--ros-args -p NAME:=VALUE -r FROM:=TO; ROS_DOMAIN_ID from 0 to 232",
        ) from error


def _shutdown() -> None:
    # rclpy's own signal handler shuts the context down on a thread of its own, at this very moment perhaps.
    with contextlib.suppress(RCLError):
        rclpy.try_shutdown()
