# SPDX-License-Identifier: Apache-2.0
"""The alarm on the graph: the round is paused first, then the robot is sent aside, again when it did not get there."""

import pytest
from rclpy.action import ActionServer
from rclpy.node import Node
from ronda.action import NavigateTo
from std_msgs.msg import Bool
from std_srvs.srv import Trigger
from tests.patrol_robot.graph import graph

from parking_robot.aside_node import AsideNode
from ronda_core import qos

pytestmark = pytest.mark.live


class Robot(Node):
    """Stands for the round and the navigation; the first drive fails."""

    def __init__(self):
        super().__init__("robot")
        self.calls = []
        self.alarm = self.create_publisher(Bool, "/fire_alarm", qos.STATE)
        self.create_service(Trigger, "pause_patrol", self.pause)
        self.server = ActionServer(self, NavigateTo, "navigate_to", self.drive)

    def close(self):
        self.server.destroy()

    def pause(self, _request, response):
        self.calls.append("pause")
        response.success = True
        return response

    def drive(self, handle):
        at = handle.request.pose.pose.position
        self.calls.append((at.x, at.y))
        if len(self.calls) == 2:
            handle.abort()
            return NavigateTo.Result(error_code=NavigateTo.Result.NO_VALID_PATH)
        handle.succeed()
        return NavigateTo.Result()


def test_the_alarm_pauses_the_round_and_sends_the_robot_aside_until_it_is_there():
    with graph("aside:x:=-3.0", "aside:y:=4.5", "aside:repeat:=0.5") as running:
        robot, node = running.add(Robot()), running.add(AsideNode())
        running.until(lambda: node._pause.service_is_ready() and node._navigate.server_is_ready())
        robot.alarm.publish(Bool(data=False))
        robot.alarm.publish(Bool(data=True))
        running.until(lambda: node._there, what="the robot aside")
        assert robot.calls == ["pause", (-3.0, 4.5), (-3.0, 4.5)]
        robot.alarm.publish(Bool(data=False))
        running.until(lambda: not node._alarm)
        assert len(robot.calls) == 3, "nothing drives by itself when the alarm ends"
