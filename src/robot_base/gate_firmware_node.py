# SPDX-License-Identifier: Apache-2.0
"""Node `gate_firmware`: the reference firmware as the board of a simulated barrier.

The compiled firmware runs behind a pseudo-terminal, where `barrier_node` finds it. Where its arm is goes to the
simulated arm's joint; the simulated loop, beam and alarm contact (`barrier/fire`) are wired to its inputs. With
use_sim_time the firmware is stepped by /clock, so that it lives at the simulator's pace.
"""

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from rclpy import clock as ros_clock
from rclpy.node import Node
from rosgraph_msgs.msg import Clock
from std_msgs.msg import Bool, Float64

from robot_base.simulated_device import SimulatedDevice
from robot_base.stepped_time import SteppedTime
from ronda_core import diagnostics, parameters, qos
from ronda_core.node_main import run_node, until_shutdown
from ronda_core.stamps import to_seconds


class GateFirmwareNode(Node):
    """Starts the device, passes its arm on and the inputs back."""

    def __init__(self) -> None:
        super().__init__("gate_firmware")
        values = parameters.declare(self, parameters.load_spec("robot_base", "gate_firmware"))
        self._travel = float(values["arm_travel"])
        self._inputs: dict[str, bool] = {}
        self._out = self.create_publisher(Float64, "barrier/arm_position", qos.COMMAND)
        for name, topic in (("loop", "barrier/loop"), ("beam", "barrier/beam"), ("fire", "barrier/fire")):
            self.create_subscription(Bool, topic, self._wire(name), qos.STATE)
        health = diagnostics.NodeHealth(self)
        simulated = bool(self.get_parameter("use_sim_time").value)
        self._device = SimulatedDevice(Path(values["link"]), report=True, stepped=simulated)
        self._time = SteppedTime()
        if simulated:
            self.create_subscription(Clock, "/clock", self._take_clock, qos.CLOCK)
            steady = ros_clock.Clock(clock_type=ros_clock.ClockType.STEADY_TIME)
            self.create_timer(0.02, lambda: self._step(self._time.idle(time.monotonic())), clock=steady)
        health.set(diagnostics.OK, f"running behind {self._device.path}")
        self._ending = False
        self._thread = threading.Thread(target=self._follow, name="arm", daemon=True)
        self._thread.start()

    def _follow(self) -> None:
        with until_shutdown(self.context):
            for position, _ in self._device.arm_positions():
                if self._ending:
                    return
                self._out.publish(Float64(data=position * self._travel))

    def _wire(self, name: str) -> Callable[[Bool], None]:
        def take(message: Bool) -> None:
            if message.data != self._inputs.get(name, False):
                self._inputs[name] = message.data
                self._device.tell(name, float(message.data))

        return take

    def _take_clock(self, message: Clock) -> None:
        self._step(self._time.follow(to_seconds(message.clock), time.monotonic()))

    def _step(self, milliseconds: int) -> None:
        if milliseconds > 0:
            self._device.tell("step", milliseconds)

    def close(self) -> None:
        """End the device."""
        self._ending = True
        self._device.process.terminate()
        self._thread.join(timeout=2.0)
        self._device.close()


def main() -> None:
    """Run the node."""
    sys.exit(run_node(GateFirmwareNode))


if __name__ == "__main__":
    main()
