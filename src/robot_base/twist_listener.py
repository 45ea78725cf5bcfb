# SPDX-License-Identifier: Apache-2.0
"""Hears unstamped geometry_msgs/Twist on topics where the node itself listens to TwistStamped.

One DDS participant cannot hold two types under one topic name (rmw_fastrtps refuses the second), so the unstamped type
is heard by a participant of its own: a second rclpy context in the same process, spun by a thread.
"""

import threading
from collections.abc import Callable

from geometry_msgs.msg import Twist
from rclpy.context import Context
from rclpy.node import Node

from ronda_core import qos
from ronda_core.executor import make_executor, spin
from ronda_core.node_main import EXIT_OK, leave


class TwistListener:
    """Calls `heard(topic, message)` for each Twist, on a thread of its own. Topics are relative to the owner."""

    def __init__(self, owner: Node, topics: list[str], heard: Callable[[str, Twist], None]) -> None:
        self._context = Context()
        self._context.init(domain_id=owner.context.get_domain_id())
        self._node = Node(
            f"{owner.get_name()}_twist",
            context=self._context,
            namespace=owner.get_namespace(),
            use_global_arguments=False,
            start_parameter_services=False,
            enable_rosout=False,
        )
        for topic in topics:
            self._node.create_subscription(
                Twist, owner.resolve_topic_name(topic), lambda message, name=topic: heard(name, message), qos.COMMAND
            )
        self._executor = make_executor(self._context)
        self._executor.add_node(self._node)
        self._thread = threading.Thread(
            target=spin, args=(self._executor, self._context), name="twist-listener", daemon=True
        )
        self._thread.start()

    def close(self, status: int = EXIT_OK) -> None:
        """Stop listening and end the thread: the owner's last act, see `leave`; its process ends with `status`."""
        self._context.try_shutdown()
        self._thread.join(timeout=2.0)
        self._executor.shutdown()
        leave(self._node, status)
