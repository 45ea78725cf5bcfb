# SPDX-License-Identifier: Apache-2.0
"""Node `barrier`: one parking barrier on a line of its own, with the relays of its board."""

import sys
import threading
import time
from collections.abc import Callable
from functools import partial

from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from ronda.msg import BarrierState, RelayState
from ronda.srv import CommandBarrier, SwitchRelay
from std_msgs.msg import Bool
from std_srvs.srv import Trigger

from robot_base.alarm_relay import AlarmRelay
from robot_base.base_messages import barrier_state
from robot_base.drivers.ports import BarrierCondition, BarrierReading
from robot_base.drivers.registry import gate_port, relay_pulses
from robot_base.errors import BaseError
from robot_base.port_runner import LinkReport, PortRunner
from ronda_core import diagnostics, parameters, qos
from ronda_core.node_main import run_node

ALARM = "/fire_alarm"


class BarrierNode(Node):
    """Publishes `barrier/state` on each change and twice a second; serves `command_barrier` and `switch_relay`.

    Hears `/fire_alarm` for its board, and says there what the alarm contact of its board says.
    """

    def __init__(self) -> None:
        super().__init__("barrier")
        values = parameters.declare(self, parameters.load_spec("robot_base", "barrier"))
        self._name, self._auto_close = values["barrier_id"], values["auto_close"]
        self._relays = relay_pulses(values)
        self._port = gate_port(values)
        self._lock = threading.Lock()
        self._reading: BarrierReading | None = None
        self._closed: list[bool] = []
        self._held = False
        self._relay = AlarmRelay()
        self._link = LinkReport(False, "starting")
        self._told: tuple[object, int] = (None, 0)
        self._health = diagnostics.NodeHealth(self)
        self._out = self.create_publisher(BarrierState, "barrier/state", qos.STATE)
        self._relays_out = self.create_publisher(RelayState, "relays", qos.STATE)
        self._runner = PortRunner(self._port, self._cycle, self._take_link)
        self._runner.start(values["device_wait"])
        self.create_service(CommandBarrier, "command_barrier", self._command)
        self.create_service(SwitchRelay, "switch_relay", self._switch_relay)
        self.create_service(Trigger, "~/clear_fault", self._clear_fault)
        self._alarm_out = self.create_publisher(Bool, ALARM, qos.STATE)
        self.create_subscription(Bool, ALARM, self._take_alarm, qos.STATE)
        self.create_timer(0.05, self._publish, clock=Clock(clock_type=ClockType.STEADY_TIME))

    def close(self) -> None:
        """Leave the line."""
        self._runner.stop()

    # From the line (runner's thread)

    def _cycle(self) -> None:
        reading = self._port.read_barrier()
        closed = self._port.relay_states()[: len(self._relays)] if self._relays else []
        with self._lock:
            self._reading, self._closed, self._held = reading, closed, reading.fire_open

    def _take_link(self, report: LinkReport) -> None:
        if report.up:
            # A device that was restarted knows nothing of what was asked of it before.
            self._port.auto_close(self._auto_close)
            told = self._relay.told
            if told is not None:
                self._port.fire_alarm(told)
            if self._held and not told:
                self._port.hold_open()
            self._relay.settle(time.monotonic())
        with self._lock:
            changed, self._link = (report.up, report.text) != (self._link.up, self._link.text), report
            if not report.up:
                self._reading = None
        if changed and report.up:
            self.get_logger().info(f"connected: {report.text}")
        elif changed:
            self.get_logger().error(f"{report.text}; {report.hint}" if report.hint else report.text)

    # From ROS

    def _take_alarm(self, message: Bool) -> None:
        if not self._relay.hear(message.data, time.monotonic()):
            return
        self.get_logger().warning("fire alarm: opening" if message.data else "the fire alarm has ended: held open")
        done, text = self._call(partial(self._port.fire_alarm, bool(self._relay.told)))
        if not done:
            self.get_logger().error(f"{text}; told again when the device is back")

    def _command(self, request: CommandBarrier.Request, response: CommandBarrier.Response) -> CommandBarrier.Response:
        calls: dict[int, Callable[[], None]] = {
            request.OPEN: self._port.open_barrier,
            request.CLOSE: self._port.close_barrier,
            request.STOP: self._port.stop_barrier,
            request.FORCE_CLOSE: partial(self._port.close_barrier, forced=True),
        }
        words = {request.OPEN: "open", request.CLOSE: "close", request.STOP: "stop", request.FORCE_CLOSE: "force_close"}
        if request.barrier_id not in ("", self._name):
            response.message = f"no barrier '{request.barrier_id}' here; there is: {self._name}"
        elif request.command not in calls:
            known = ", ".join(f"{number} {word}" for number, word in words.items())
            response.message = f"unknown command {request.command}; there are: {known}"
        elif request.command == request.FORCE_CLOSE and not (request.requested_by.strip() and request.reason.strip()):
            response.message = "closing after a fire alarm wants a person: requested_by and reason must be given"
        else:
            response.accepted, response.message = self._call(calls[request.command])
            who = request.requested_by or "unnamed"
            self.get_logger().info(f"{who}: {words[request.command]} ({request.reason}): {response.message}")
        return response

    def _switch_relay(self, request: SwitchRelay.Request, response: SwitchRelay.Response) -> SwitchRelay.Response:
        names = list(self._relays)
        if request.name not in names:
            response.message = f"no relay '{request.name}'; there are: {', '.join(names) or 'none'}"
            return response
        pulse = self._relays[request.name] if request.closed else 0.0
        switch = partial(self._port.switch, names.index(request.name), request.closed, pulse)
        response.accepted, response.message = self._call(switch)
        who, what = request.requested_by or "unnamed", "on" if request.closed else "off"
        self.get_logger().info(f"{who}: {request.name} {what} ({request.reason}): {response.message}")
        return response

    def _clear_fault(self, _request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        response.success, response.message = self._call(self._port.reset_barrier)
        return response

    def _call(self, action: Callable[[], None]) -> tuple[bool, str]:
        """Have the port do something on the runner's thread: success, and what to tell."""
        try:
            self._runner.call(action)
        except BaseError as error:
            return False, str(error)
        return True, "done"

    # To ROS

    def _pass_contact_on(self, reading: BarrierReading) -> None:
        now = time.monotonic()
        if self._relay.stale(now):
            # Latched, it would reach those who come later, and maybe after the alarm that is on now.
            self.destroy_publisher(self._alarm_out)
            self._alarm_out = self.create_publisher(Bool, ALARM, qos.STATE)
            self._relay.renewed()
        before, said = self._relay.alarm, self._relay.see(reading.fire, now)
        if said is None:
            return
        self._alarm_out.publish(Bool(data=said))
        if said != before:
            self.get_logger().warning("the board's alarm contact is on" if said else "the alarm contact is off again")

    def _publish(self) -> None:
        with self._lock:
            reading, closed, link = self._reading, self._closed, self._link
        if reading is not None and reading.condition is not BarrierCondition.UNKNOWN:
            self._pass_contact_on(reading)
        before, silent = self._told
        if (reading, closed) == before and silent < 10:
            self._told = (before, silent + 1)
            return
        self._told = ((reading, closed), 0)
        stamp = self.get_clock().now().to_msg()
        self._out.publish(barrier_state(self._name, reading, stamp, link.text))
        if reading is not None and self._relays:
            relays = RelayState(names=list(self._relays), closed=closed)
            relays.header.stamp = stamp
            self._relays_out.publish(relays)
        if not link.up:
            self._health.set(diagnostics.ERROR, link.text, losses=link.losses)
        elif reading is not None and reading.condition is BarrierCondition.FAULT:
            self._health.set(diagnostics.ERROR, f"fault: {reading.reason}", losses=link.losses)
        else:
            self._health.set(diagnostics.OK, link.text, losses=link.losses)


def main() -> None:
    """Run the node."""
    sys.exit(run_node(BarrierNode))


if __name__ == "__main__":
    main()
