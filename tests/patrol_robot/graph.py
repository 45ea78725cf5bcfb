# SPDX-License-Identifier: Apache-2.0
"""A small graph in the test's own process: nodes on one executor, spun until something has happened."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import rclpy
from rclpy.node import Node

from ronda_core.executor import make_executor


class Graph:
    """Nodes that are spun together."""

    def __init__(self) -> None:
        self.executor = make_executor()
        self.nodes: list[Node] = []

    def add(self, node: Node) -> Any:
        self.nodes.append(node)
        self.executor.add_node(node)
        return node

    def until(self, condition: Callable[[], Any], limit_s: float = 15.0, what: str = "") -> Any:
        """Spin until the condition holds and return its value; fails after `limit_s`."""
        deadline = time.monotonic() + limit_s
        while not (value := condition()):
            assert time.monotonic() < deadline, f"not within {limit_s} s: {what or condition}"
            self.executor.spin_once(timeout_sec=0.05)
        return value

    def result(self, future: Any, limit_s: float = 15.0) -> Any:
        """Spin until a future is done and return its result."""
        self.until(future.done, limit_s, "an answer")
        return future.result()


@contextmanager
def graph(*parameters: str, namespace: str = "") -> Iterator[Graph]:
    """A context with the given ROS parameters (`name:=value`); everything is gone afterwards."""
    arguments = [item for parameter in parameters for item in ("-p", parameter)]
    if namespace:
        arguments += ["-r", f"__ns:=/{namespace}"]
    rclpy.init(args=["--ros-args", *arguments] if arguments else None)
    running = Graph()
    try:
        yield running
    finally:
        for node in running.nodes:
            close = getattr(node, "close", None)
            if close is not None:
                close()
            node.destroy_node()
        running.executor.shutdown()
        rclpy.try_shutdown()
