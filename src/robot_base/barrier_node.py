# SPDX-License-Identifier: Apache-2.0
"""Node `barrier`: one parking barrier on a line of its own."""

import sys
import threading

from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from ronda.msg import BarrierState
from ronda.srv import CommandBarrier
from std_srvs.srv import Trigger

from robot_base.base_messages import barrier_state
from robot_base.drivers.ports import BarrierReading
from robot_base.drivers.registry import barrier_port
from robot_base.errors import BaseError
from robot_base.port_runner import LinkReport, PortRunner
from ronda_core import diagnostics, parameters, qos
from ronda_core.node_main import run_node


class BarrierNode(Node):
    """Publishes `barrier/state` on each change and twice a second, and serves `command_barrier`."""

    def __init__(self) -> None:
        super().__init__("barrier")
        values = parameters.declare(self, parameters.load_spec("robot_base", "barrier"))
        self._name = values["barrier_id"]
        self._port = barrier_port(values)
        self._lock = threading.Lock()
        self._reading: BarrierReading | None = None
        self._link = LinkReport(False, "starting")
        self._told: tuple[BarrierReading | None, int] = (None, 0)
        self._health = diagnostics.NodeHealth(self)
        self._out = self.create_publisher(BarrierState, "barrier/state", qos.STATE)
        self.create_service(CommandBarrier, "command_barrier", self._command)
        self.create_service(Trigger, "~/clear_fault", self._clear_fault)
        self._runner = PortRunner(self._port, self._cycle, self._take_link)
        self._runner.start()
        self.create_timer(0.05, self._publish, clock=Clock(clock_type=ClockType.STEADY_TIME))

    def close(self) -> None:
        """Leave the line."""
        self._runner.stop()

    def _cycle(self) -> None:
        reading = self._port.read_barrier()
        with self._lock:
            self._reading = reading

    def _take_link(self, report: LinkReport) -> None:
        with self._lock:
            self._link = report
            if not report.up:
                self._reading = None

    def _command(self, request: CommandBarrier.Request, response: CommandBarrier.Response) -> CommandBarrier.Response:
        calls = {
            request.OPEN: self._port.open_barrier,
            request.CLOSE: self._port.close_barrier,
            request.STOP: self._port.stop_barrier,
        }
        if request.barrier_id not in ("", self._name):
            response.message = f"no barrier '{request.barrier_id}' here; there is: {self._name}"
            return response
        if request.command not in calls:
            response.message = f"unknown command {request.command}"
            return response
        who = request.requested_by or "unnamed"
        self.get_logger().info(f"{who}: {calls[request.command].__name__}: {request.reason}")
        try:
            self._runner.call(calls[request.command])
        except BaseError as error:
            response.message = str(error)
            return response
        response.accepted, response.message = True, "done"
        return response

    def _clear_fault(self, _request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        try:
            self._runner.call(self._port.reset_barrier)
        except BaseError as error:
            response.message = str(error)
            return response
        response.success, response.message = True, "done"
        return response

    def _publish(self) -> None:
        with self._lock:
            reading, link = self._reading, self._link
        before, silent = self._told
        if reading == before and silent < 10:
            self._told = (before, silent + 1)
            return
        self._told = (reading, 0)
        self._out.publish(barrier_state(self._name, reading, self.get_clock().now().to_msg()))
        level = diagnostics.OK if link.up else diagnostics.ERROR
        self._health.set(level, link.text, losses=link.losses)


def main() -> None:
    """Run the node."""
    sys.exit(run_node(BarrierNode))


if __name__ == "__main__":
    main()
