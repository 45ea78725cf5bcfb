# SPDX-License-Identifier: Apache-2.0
"""map_server, localisation and navigator as processes on the live graph, with a robot in a flat world."""

from __future__ import annotations

import math
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
import rclpy
from action_msgs.msg import GoalStatus
from flat_robot_node import FlatRobot
from flat_world import Robot, building
from nav_msgs.msg import Path
from rclpy.action import ActionClient
from rclpy.executors import SingleThreadedExecutor
from ronda.action import NavigateTo
from ronda.msg import LocalisationState, SafetyState

from robot_navigation.codes import NavigationCode
from robot_navigation.map_file import save_map
from robot_navigation.navigation_messages import pose_message
from ronda_core import qos
from ronda_core.se2 import SE2

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(400)]

NAMESPACE = "nav_graph_test"
LIMIT = 120.0


class Client:
    """A client of the graph: sends goals, collects feedback and states."""

    def __init__(self) -> None:
        self.node = rclpy.create_node("client", namespace=NAMESPACE)
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self.node)
        self.action = ActionClient(self.node, NavigateTo, "navigate_to")
        self.localisation: LocalisationState | None = None
        self.paths = 0
        self.feedback: list[NavigateTo.Feedback] = []
        self.node.create_subscription(LocalisationState, "localisation_state", self._localised, qos.STATE)
        self.node.create_subscription(Path, "plan", self._planned, qos.STATE)
        self.safety = self.node.create_publisher(SafetyState, "safety_state", qos.STATE)

    def _localised(self, message: LocalisationState) -> None:
        self.localisation = message

    def _planned(self, _message: Path) -> None:
        self.paths += 1

    def until(self, what: str, condition: Callable[[], object]) -> None:
        """Spin until `condition` holds; fails after LIMIT seconds."""
        end = time.monotonic() + LIMIT
        while not condition():
            assert time.monotonic() < end, f"waited {LIMIT:g} s for: {what}"
            self._executor.spin_once(timeout_sec=0.1)

    def send(self, x: float, y: float, yaw: float = 0.0, frame: str = "map"):
        """Send a goal and return its handle."""
        self.feedback.clear()
        goal = NavigateTo.Goal()
        goal.pose.header.frame_id = frame
        goal.pose.pose = pose_message(SE2(x, y, yaw))
        future = self.action.send_goal_async(goal, feedback_callback=lambda m: self.feedback.append(m.feedback))
        self.until("the goal's acceptance", future.done)
        return future.result()

    def result(self, handle):
        """Wait for the end of a goal."""
        future = handle.get_result_async()
        self.until("the goal's result", future.done)
        return future.result()

    def state(self) -> str:
        """The last state in the feedback."""
        return self.feedback[-1].state if self.feedback else ""


@pytest.fixture(scope="module")
def graph(tmp_path_factory) -> Iterator[tuple[Client, FlatRobot, list[subprocess.Popen]]]:
    world = building()
    map_file, _ = save_map(world.grid(), tmp_path_factory.mktemp("map") / "building")
    start = SE2(-7.0, 4.0, 0.0)
    parameters = {
        "map_server": {"yaml_filename": map_file},
        "localisation": {"seed": 1},
        "navigator": {"feedback_period": 0.1},
    }
    processes = []
    for name, values in parameters.items():
        arguments = ["--ros-args", "-r", f"__ns:=/{NAMESPACE}", "-p", "use_sim_time:=true"]
        for key, value in values.items():
            arguments += ["-p", f"{key}:={value}"]
        processes.append(subprocess.Popen([sys.executable, "-m", f"robot_navigation.{name}_node", *arguments]))
    rclpy.init()
    robot = FlatRobot(world, Robot(start), NAMESPACE)
    client = Client()
    try:
        client.until("the action server", client.action.server_is_ready)
        yield client, robot, processes
    finally:
        robot.close()
        client.node.destroy_node()
        rclpy.shutdown()
        for process in processes:
            process.send_signal(signal.SIGINT)
        ends = [process.wait(timeout=20) for process in processes]
    assert ends == [0, 0, 0]


def test_a_goal_is_reached_from_an_unknown_start(graph):
    client, robot, _ = graph
    result = client.result(client.send(-2.0, -4.0, math.pi / 2))
    assert result.status == GoalStatus.STATUS_SUCCEEDED, result.result.error_msg
    assert result.result.error_code == NavigationCode.NONE
    assert robot.robot.pose.distance_to(SE2(-2.0, -4.0, 0.0)) < 0.3
    assert abs(robot.robot.pose.yaw - math.pi / 2) < 0.3
    assert robot.closest > 0.0
    assert client.localisation is not None and client.localisation.state == LocalisationState.LOCALISED
    assert client.paths > 0
    assert {"localising", "driving"} <= {feedback.state for feedback in client.feedback}


def test_a_goal_in_a_wall_is_refused_with_the_reason(graph):
    client, _, _ = graph
    result = client.result(client.send(-1.0, -3.0))
    assert result.status == GoalStatus.STATUS_ABORTED
    assert result.result.error_code == NavigationCode.GOAL_OCCUPIED
    assert "(-1.00, -3.00)" in result.result.error_msg


def test_a_goal_in_another_frame_is_rejected(graph):
    client, _, _ = graph
    assert not client.send(0.0, 0.0, frame="odom").accepted


def test_a_new_goal_pre_empts_and_cancel_stops(graph):
    client, robot, _ = graph
    first = client.send(-7.0, 4.0)
    client.until("the robot drives", lambda: client.state() == "driving")
    second = client.send(-6.0, 0.0)
    assert client.result(first).status == GoalStatus.STATUS_ABORTED
    client.until("the robot drives again", lambda: client.state() == "driving")
    client.until("the cancellation", second.cancel_goal_async().done)
    assert client.result(second).status == GoalStatus.STATUS_CANCELED
    client.until("the robot stands", lambda: abs(robot.robot.speed) < 1e-3)


def test_autonomy_withdrawn_pauses_until_it_is_given_back(graph):
    client, robot, _ = graph
    handle = client.send(-6.5, 3.5)
    client.until("the robot drives", lambda: client.state() == "driving")
    client.safety.publish(SafetyState(autonomy_allowed=False, reason="teleop_silent"))
    client.until("the pause", lambda: client.state() == "paused" and abs(robot.robot.speed) < 1e-3)
    paused_at = robot.robot.pose
    seen = len(client.feedback)
    client.until("feedback of the pause", lambda: len(client.feedback) > seen + 10)
    assert robot.robot.pose.distance_to(paused_at) < 0.02
    client.safety.publish(SafetyState(autonomy_allowed=True))
    assert client.result(handle).status == GoalStatus.STATUS_SUCCEEDED


def test_no_scan_stops_the_robot_and_aborts(graph):
    client, robot, _ = graph
    handle = client.send(-2.0, -4.0)
    client.until("the robot drives", lambda: client.state() == "driving")
    robot.scanning = False
    result = client.result(handle)
    robot.scanning = True
    assert result.status == GoalStatus.STATUS_ABORTED
    assert result.result.error_code == NavigationCode.SENSOR_STALE
    client.until("the robot stands", lambda: abs(robot.robot.speed) < 1e-3)
