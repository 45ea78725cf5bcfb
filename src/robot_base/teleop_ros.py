# SPDX-License-Identifier: Apache-2.0
"""The ROS side of keyboard teleoperation: sends stamped commands, hears what the safety gate makes of them."""

import time

import rclpy
from geometry_msgs.msg import TwistStamped
from rclpy.parameter import Parameter
from ronda.msg import SafetyState

from robot_base.velocity import STOP, Velocity
from ronda_core import qos
from ronda_core.node_main import leave


class TeleopLink:
    """A node of its own in the namespace of the robot."""

    def __init__(self, namespace: str) -> None:
        rclpy.init(args=[], signal_handler_options=rclpy.signals.SignalHandlerOptions.NO)
        self._node = rclpy.create_node("teleop", namespace=namespace)
        self.state_topic = self._node.resolve_topic_name("safety_state")
        self._state: SafetyState | None = None
        self._out = self._node.create_publisher(TwistStamped, "cmd_vel_teleop", qos.COMMAND)
        self._node.create_subscription(SafetyState, "safety_state", self._take_state, qos.STATE)

    def _take_state(self, message: SafetyState) -> None:
        self._state = message

    def wait_for_gate(self, seconds: float) -> bool:
        """Wait until the gate's state and our publisher have met it; then adopt the robot's clock."""
        end = time.monotonic() + seconds
        while self._state is None or self._out.get_subscription_count() == 0:
            if time.monotonic() > end:
                return False
            rclpy.spin_once(self._node, timeout_sec=0.1)
        if self._node.count_publishers("/clock") > 0:
            # Stamps must be of the clock that the gate compares them with.
            self._node.set_parameters([Parameter("use_sim_time", value=True)])
            while self._node.get_clock().now().nanoseconds == 0 and time.monotonic() < end:
                rclpy.spin_once(self._node, timeout_sec=0.1)
        return True

    def namespaces(self) -> list[str]:
        """Namespaces in which a safety gate publishes its state."""
        topics = [name for name, _ in self._node.get_topic_names_and_types() if name.endswith("/safety_state")]
        running = [name for name in topics if self._node.count_publishers(name)]
        return sorted(name.removesuffix("/safety_state") for name in running)

    def send(self, velocity: Velocity) -> None:
        """Send a command stamped with the robot's clock."""
        message = TwistStamped()
        message.header.stamp = self._node.get_clock().now().to_msg()
        message.header.frame_id = "base_footprint"
        message.twist.linear.x, message.twist.angular.z = float(velocity.linear), float(velocity.angular)
        self._out.publish(message)

    def poll(self) -> None:
        """Take what has arrived, without waiting."""
        for _ in range(10):
            rclpy.spin_once(self._node, timeout_sec=0.0)

    def summary(self) -> str:
        """What the gate says, in a few words."""
        state = self._state
        if state is None:
            return ""
        if state.reason == "none":
            return "driving" if state.source == SafetyState.SOURCE_TELEOPERATION else "free"
        return str(state.detail)

    def close(self) -> None:
        """Command a stop and leave."""
        self.send(STOP)
        leave(self._node)
        rclpy.try_shutdown()
