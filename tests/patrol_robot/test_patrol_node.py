# SPDX-License-Identifier: Apache-2.0
"""The patrol node against a navigation server that does what the test tells it to."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nav_msgs.msg import OccupancyGrid
from rclpy.action import ActionClient
from rclpy.node import Node
from ronda.action import Patrol
from ronda.msg import EmergencyStop, PatrolState, SafetyState
from ronda.srv import LoadRoute
from std_srvs.srv import Trigger
from tests.patrol_robot.graph import Graph, graph
from tests.patrol_robot.navigation_stand_in import ROUTE, Navigation

from patrol_robot.errors import RouteError
from patrol_robot.patrol_node import PatrolNode
from ronda_core import qos

pytestmark = pytest.mark.live


class Operator(Node):
    """Sends goals, calls services, hears the state; and stands in for the gate's topics."""

    def __init__(self) -> None:
        super().__init__("operator")
        self.states: list[PatrolState] = []
        self.resumed = 0
        self.patrol = ActionClient(self, Patrol, "patrol")
        self.load = self.create_client(LoadRoute, "load_route")
        self.pause = self.create_client(Trigger, "pause_patrol")
        self.resume = self.create_client(Trigger, "resume_patrol")
        self.safety = self.create_publisher(SafetyState, "safety_state", qos.STATE)
        self.estop = self.create_publisher(EmergencyStop, "estop", qos.STATE)
        self.map = self.create_publisher(OccupancyGrid, "map", qos.STATE)
        self.create_subscription(PatrolState, "patrol_state", self.states.append, qos.STATE)
        self.create_service(Trigger, "resume_autonomy", self._resume)

    def close(self) -> None:
        self.patrol.destroy()

    def _resume(self, _request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        self.resumed += 1
        response.success = True
        return response

    @property
    def state(self) -> int:
        return self.states[-1].state if self.states else -1


class Round:
    """The graph with its three nodes."""

    def __init__(self, running: Graph) -> None:
        self.graph = running
        self.navigation: Navigation = running.add(Navigation([]))
        self.operator: Operator = running.add(Operator())
        self.node: PatrolNode = running.add(PatrolNode())
        for client in (self.operator.patrol.server_is_ready, self.operator.load.service_is_ready):
            running.until(client)

    def load(self, text: str = ROUTE) -> LoadRoute.Response:
        return self.graph.result(self.operator.load.call_async(LoadRoute.Request(text=text)))

    def start(self, **goal: Any) -> Any:
        return self.graph.result(self.operator.patrol.send_goal_async(Patrol.Goal(**goal)))

    def result(self, handle: Any) -> Patrol.Result:
        return self.graph.result(handle.get_result_async()).result

    def call(self, client: Any) -> Trigger.Response:
        return self.graph.result(client.call_async(Trigger.Request()))

    def until_goal(self, number: int) -> None:
        self.graph.until(lambda: len(self.navigation.goals) >= number, what=f"goal {number}")

    def until_state(self, state: int) -> None:
        self.graph.until(lambda: self.operator.state == state, what=f"state {state}")


@pytest.fixture
def patrol() -> Iterator[Round]:
    with graph() as running:
        yield Round(running)


def test_walks_the_round_and_reports_what_it_missed(patrol: Round) -> None:
    patrol.navigation.answers = [0, 9004, 9004, 0]
    assert patrol.load().waypoints == 3
    result = patrol.result(patrol.start(route="hall"))
    assert (result.error_code, result.waypoints_reached, result.laps_done) == (0, 2, 1)
    (missed,) = result.missed_waypoints
    assert (missed.name, missed.error_code, missed.reason) == ("b", 9004, "blocked by a trolley")
    assert patrol.navigation.goals == [(1.0, 1.0), (2.0, 1.0), (2.0, 1.0), (2.0, 1.5)]
    patrol.until_state(PatrolState.DONE)


def test_pause_and_resume_at_the_same_waypoint(patrol: Round) -> None:
    patrol.navigation.answers = [0, "drive"]
    patrol.load()
    handle = patrol.start()
    patrol.until_goal(2)
    assert patrol.call(patrol.operator.pause).success
    patrol.until_state(PatrolState.PAUSED)
    patrol.graph.until(lambda: patrol.navigation.cancelled == [(2.0, 1.0)])
    answer = patrol.call(patrol.operator.resume)
    assert (answer.success, answer.message) == (True, "going on to 'b'")
    assert patrol.operator.resumed == 1
    assert patrol.result(handle).waypoints_reached == 3
    assert patrol.navigation.goals[1:3] == [(2.0, 1.0), (2.0, 1.0)]


@pytest.mark.parametrize("by", ["teleoperation", "emergency stop"])
def test_an_interruption_holds_the_round_until_it_is_resumed(patrol: Round, by: str) -> None:
    patrol.navigation.answers = ["drive"]
    patrol.load()
    handle = patrol.start()
    patrol.until_goal(1)
    if by == "teleoperation":
        patrol.operator.safety.publish(SafetyState(reason="teleop_silent", autonomy_allowed=False))
    else:
        patrol.operator.estop.publish(EmergencyStop(engaged=True, source="software"))
    patrol.until_state(PatrolState.PAUSED)
    patrol.operator.safety.publish(SafetyState(autonomy_allowed=True))
    patrol.operator.estop.publish(EmergencyStop(engaged=False))
    # Only an answer proves that the messages before it were taken in without effect.
    assert patrol.call(patrol.operator.pause).message == "it was paused already"
    assert patrol.navigation.goals == [(1.0, 1.0)]
    assert patrol.call(patrol.operator.resume).success
    assert patrol.result(handle).waypoints_reached == 3


def test_a_cancelled_round_ends_and_names_what_was_left(patrol: Round) -> None:
    patrol.navigation.answers = [0, "drive"]
    patrol.load()
    handle = patrol.start()
    patrol.until_goal(2)
    patrol.graph.result(handle.cancel_goal_async())
    result = patrol.result(handle)
    assert [missed.name for missed in result.missed_waypoints] == ["b", "c"]
    patrol.until_state(PatrolState.STOPPED)
    patrol.graph.until(lambda: patrol.navigation.cancelled)
    assert patrol.result(patrol.start(start_index=2)).waypoints_reached == 1


def test_a_second_round_and_a_second_route_are_refused_meanwhile(patrol: Round) -> None:
    patrol.navigation.answers = ["drive"]
    patrol.load()
    patrol.start()
    patrol.until_goal(1)
    assert not patrol.start().accepted
    answer = patrol.load()
    assert not answer.success
    assert "a round is under way" in answer.message


def test_a_round_without_its_route_is_aborted_with_the_reason(patrol: Round) -> None:
    result = patrol.result(patrol.start())
    assert result.error_code == Patrol.Result.NO_ROUTE
    patrol.load()
    result = patrol.result(patrol.start(route="garden"))
    assert (result.error_code, result.error_msg) == (Patrol.Result.NO_ROUTE, "no route is loaded for 'garden'")
    assert patrol.result(patrol.start(start_index=7)).error_code == Patrol.Result.BAD_START_INDEX


def room() -> OccupancyGrid:
    cells = np.zeros((40, 40), np.int8)
    cells[:, 25] = 100
    grid = OccupancyGrid(data=cells.ravel().tolist())
    grid.info.resolution, grid.info.width, grid.info.height = 0.1, 40, 40
    return grid


def test_a_waypoint_in_a_wall_is_refused_by_name(patrol: Round) -> None:
    patrol.operator.map.publish(room())
    patrol.graph.until(lambda: patrol.node._floor is not None)
    answer = patrol.load(ROUTE.replace("x: 2.0, y: 1.5", "x: 2.55, y: 1.5"))
    assert not answer.success
    assert "waypoint 2 'c': (2.55, 1.5) lies inside a wall" in answer.message
    assert patrol.load().success


def test_a_route_file_in_a_wall_ends_the_node_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "route.yaml"
    path.write_text(ROUTE.replace("x: 2.0, y: 1.5", "x: 2.55, y: 1.5"))
    with graph(f"patrol:route_file:={path}") as running:
        operator: Operator = running.add(Operator())
        running.add(PatrolNode())
        operator.map.publish(room())
        with pytest.raises(RouteError, match=r"'c'.*inside a wall"):
            running.until(lambda: False, limit_s=5.0)


def test_without_navigation_the_round_ends_with_the_reason() -> None:
    with graph("patrol:server_timeout:=0.3") as running:
        operator: Operator = running.add(Operator())
        running.add(PatrolNode())
        running.until(operator.patrol.server_is_ready)
        running.until(operator.load.service_is_ready)
        running.result(operator.load.call_async(LoadRoute.Request(text=ROUTE)))
        handle = running.result(operator.patrol.send_goal_async(Patrol.Goal()))
        result = running.result(handle.get_result_async()).result
        assert result.error_code == Patrol.Result.NAVIGATION_UNAVAILABLE
        assert len(result.missed_waypoints) == 3
