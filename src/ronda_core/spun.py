# SPDX-License-Identifier: Apache-2.0
"""A node that is served by a thread of its own while its owner does something else."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import rclpy
from rclpy.context import Context
from rclpy.node import Node

from ronda_core.errors import RondaError
from ronda_core.executor import end_wait, make_executor, spin

AnyNode = TypeVar("AnyNode", bound=Node)


@contextmanager
def spun(make: Callable[[Context], AnyNode], domain: int, error_type: type[RondaError]) -> Iterator[AnyNode]:
    """The node that `make` makes in a context of its own, served until the block is left.

    A callback that fails ends the serving and the context: who waits in the block looks after `check_served`. Raises
    `error_type` with the callback's reason when the block is left, in the place of any other error but an interrupt.
    """
    context = rclpy.Context()
    rclpy.init(context=context, domain_id=domain)
    node = make(context)
    executor = make_executor(context)
    executor.add_node(node)
    failure: list[BaseException] = []
    leaving = threading.Event()

    def serve() -> None:
        try:
            spin(executor, context, leaving.is_set)
        except BaseException as error:
            failure.append(error)
            rclpy.try_shutdown(context=context)

    thread = threading.Thread(target=serve, name=node.get_name(), daemon=True)
    thread.start()
    try:
        try:
            yield node
        finally:
            # The loop ends first, so that no callback meets a context that is gone; then the entities, which nobody
            # serves.
            leaving.set()
            end_wait(executor)
            thread.join()
            rclpy.try_shutdown(context=context)
            executor.shutdown()
            node.destroy_node()
    except Exception:
        if not failure:
            raise
    if failure:
        raise error_type(f"node {thread.name} failed: {failure[0]}") from failure[0]


def check_served(node: Node, error_type: type[RondaError]) -> None:
    """Raise `error_type` when the node is not served any more: nothing that is waited for will come."""
    if not node.context.ok():
        raise error_type(f"node {node.get_name()} has ended")
