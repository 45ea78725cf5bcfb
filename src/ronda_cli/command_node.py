# SPDX-License-Identifier: Apache-2.0
"""A node that lives for one command of a terminal."""

import os
from typing import Self

import rclpy
from rclpy.signals import SignalHandlerOptions

from ronda_cli.launch_cli import share_folder
from ronda_cli.process.environment import launch_environment, network_wanted
from ronda_core.executor import make_executor
from ronda_core.node_main import EXIT_BAD_INPUT, leave


class CommandNode:
    """Joins the graph that `ronda launch` makes, as a context manager, and leaves it with the command's exit status.

    Ctrl-C stays the command's own: rclpy's handler would end the context before anything could be ended in order.
    """

    def __init__(self, name: str, namespace: str = "") -> None:
        self._name, self._namespace = name, namespace

    def __enter__(self) -> Self:
        os.environ.update(launch_environment(os.environ, share_folder(), network=network_wanted(os.environ)))
        rclpy.init(signal_handler_options=SignalHandlerOptions.NO)
        self._node = rclpy.create_node(self._name, namespace=self._namespace)
        self._executor = make_executor()
        self._executor.add_node(self._node)
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        leave(self._node, 0 if error is None else getattr(error, "exit_code", EXIT_BAD_INPUT))
        rclpy.try_shutdown()
