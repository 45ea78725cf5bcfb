# SPDX-License-Identifier: Apache-2.0
"""The node that takes the robot out of the way when the fire alarm sounds."""

from __future__ import annotations

import sys
from typing import Any

from geometry_msgs.msg import PoseStamped
from rclpy.action import ActionClient
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from ronda.action import NavigateTo
from std_msgs.msg import Bool
from std_srvs.srv import Trigger

from ronda_core import diagnostics, parameters, qos
from ronda_core.diagnostics import NodeHealth
from ronda_core.node_main import run_node
from ronda_core.se2 import yaw_to_quaternion

ALARM = "/fire_alarm"


class AsideNode(Node):
    """Hears ``/fire_alarm``; pauses the round and drives aside. A person resumes the round when the alarm is over."""

    def __init__(self) -> None:
        super().__init__("aside")
        self._values = parameters.declare(self, parameters.load_spec("parking_robot", "aside"))
        self._alarm, self._driving, self._there = False, False, False
        self._pause = self.create_client(Trigger, "pause_patrol")
        self._navigate = ActionClient(self, NavigateTo, "navigate_to")
        self._health = NodeHealth(self)
        self._health.set(diagnostics.OK, "no alarm")
        self.create_subscription(Bool, ALARM, self._take_alarm, qos.STATE)
        self.create_timer(self._values["repeat"], self._go, clock=Clock(clock_type=ClockType.STEADY_TIME))

    def close(self) -> None:
        """Take the action's client out of the graph."""
        self._navigate.destroy()

    def _take_alarm(self, message: Bool) -> None:
        began = message.data and not self._alarm
        self._alarm = message.data
        if began:
            self.get_logger().warning("fire alarm: the round pauses, the robot goes aside")
            self._there = False
            self._health.set(diagnostics.WARN, "fire alarm: going aside")
            # The round gives the wheels back first; its drive would be replaced otherwise, and it would start it again.
            if self._pause.service_is_ready():
                self._pause.call_async(Trigger.Request()).add_done_callback(lambda _answer: self._go())
            else:
                self._go()
        elif not message.data:
            self._health.set(diagnostics.OK, "no alarm")

    def _go(self) -> None:
        if not self._alarm or self._driving or self._there or not self._navigate.server_is_ready():
            return
        self._driving = True
        self._navigate.send_goal_async(NavigateTo.Goal(pose=self._place())).add_done_callback(self._accepted)

    def _place(self) -> PoseStamped:
        pose = PoseStamped()
        pose.header.frame_id, pose.header.stamp = self._values["map_frame"], self.get_clock().now().to_msg()
        pose.pose.position.x, pose.pose.position.y = self._values["x"], self._values["y"]
        turn = pose.pose.orientation
        turn.x, turn.y, turn.z, turn.w = yaw_to_quaternion(self._values["yaw"])
        return pose

    def _accepted(self, answer: Any) -> None:
        handle = answer.result()
        if handle is None or not handle.accepted:
            self._driving = False
            return
        handle.get_result_async().add_done_callback(self._ended)

    def _ended(self, answer: Any) -> None:
        self._driving = False
        result = answer.result().result
        self._there = result.error_code == NavigateTo.Result.NONE
        if self._there:
            self._health.set(diagnostics.WARN, "fire alarm: stands aside")
            self.get_logger().info("stands aside")
        else:
            self._health.set(diagnostics.ERROR, f"cannot get aside: {result.error_msg}")


def main() -> None:
    """Run the node."""
    sys.exit(run_node(AsideNode))
