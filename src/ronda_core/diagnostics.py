# SPDX-License-Identifier: Apache-2.0
"""Every node reports its health on `diagnostics` (DiagnosticArray), once a second and on each change."""

from __future__ import annotations

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.clock import Clock, ClockType
from rclpy.node import Node

from ronda_core import qos

OK, WARN, ERROR, STALE = (DiagnosticStatus.OK, DiagnosticStatus.WARN, DiagnosticStatus.ERROR, DiagnosticStatus.STALE)


class NodeHealth:
    """The health of one node."""

    def __init__(self, node: Node, hardware_id: str = "") -> None:
        self._node = node
        self._hardware_id = hardware_id
        self._publisher = node.create_publisher(DiagnosticArray, "diagnostics", qos.EVENT)
        self._level, self._message = STALE, "starting"
        self._values: dict[str, str] = {}
        # Wall time: a node must be able to say that simulated time stands still.
        node.create_timer(1.0, self._publish, clock=Clock(clock_type=ClockType.STEADY_TIME))

    def set(self, level: bytes, message: str, **values: object) -> None:
        """State the node's health; `values` are shown beside it."""
        changed = (level, message) != (self._level, self._message)
        self._level, self._message = level, message
        self._values = {
            key: f"{value:.4g}" if isinstance(value, float) else str(value) for key, value in values.items()
        }
        if changed:
            self._publish()

    def _publish(self) -> None:
        status = DiagnosticStatus(
            level=self._level,
            name=self._node.get_fully_qualified_name().lstrip("/"),
            message=self._message,
            hardware_id=self._hardware_id,
            values=[KeyValue(key=key, value=value) for key, value in self._values.items()],
        )
        array = DiagnosticArray(status=[status])
        array.header.stamp = self._node.get_clock().now().to_msg()
        self._publisher.publish(array)
