# SPDX-License-Identifier: Apache-2.0
"""Node `firmware`: the reference firmware in the loop of a simulator.

The compiled firmware runs behind a pseudo-terminal, where the base finds it. What its motors do moves the simulated
robot (wheels/cmd_vel), and the simulated bumper is wired to its input. Ticks come from the firmware's own motors. With
use_sim_time the firmware is stepped by /clock, so that it lives at the simulator's pace.
"""

import sys
import threading
import time
from pathlib import Path

from geometry_msgs.msg import TwistStamped
from rclpy import clock as ros_clock
from rclpy.node import Node
from rosgraph_msgs.msg import Clock
from std_msgs.msg import Bool

from robot_base.kinematics import DifferentialDrive
from robot_base.simulated_device import SimulatedDevice
from robot_base.stepped_time import SteppedTime
from ronda_core import diagnostics, parameters, qos
from ronda_core.node_main import run_node, until_shutdown
from ronda_core.stamps import to_seconds


class FirmwareNode(Node):
    """Starts the device, passes wheel speeds on and the bumper back."""

    def __init__(self) -> None:
        super().__init__("firmware")
        values = parameters.declare(self, parameters.load_spec("robot_base", "firmware"))
        self._drive = DifferentialDrive(values["wheel_radius"], values["wheel_separation"])
        self._bumper = False
        self._out = self.create_publisher(TwistStamped, "wheels/cmd_vel", qos.COMMAND)
        self.create_subscription(Bool, "bumper", self._take_bumper, qos.SENSOR)
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
        self._thread = threading.Thread(target=self._follow, name="wheels", daemon=True)
        self._thread.start()

    def _follow(self) -> None:
        with until_shutdown(self.context):
            for left, right in self._device.wheel_speeds():
                if self._ending:
                    return
                velocity = self._drive.velocity(left, right)
                message = TwistStamped()
                message.header.stamp = self.get_clock().now().to_msg()
                message.twist.linear.x, message.twist.angular.z = velocity.linear, velocity.angular
                self._out.publish(message)

    def _take_clock(self, message: Clock) -> None:
        self._step(self._time.follow(to_seconds(message.clock), time.monotonic()))

    def _step(self, milliseconds: int) -> None:
        if milliseconds > 0:
            self._device.tell("step", milliseconds)

    def _take_bumper(self, message: Bool) -> None:
        if message.data != self._bumper:
            self._bumper = message.data
            self._device.tell("bumper", float(message.data))

    def close(self) -> None:
        """End the device."""
        self._ending = True
        self._device.process.terminate()
        self._thread.join(timeout=2.0)
        self._device.close()


def main() -> None:
    """Run the node."""
    sys.exit(run_node(FirmwareNode))


if __name__ == "__main__":
    main()
