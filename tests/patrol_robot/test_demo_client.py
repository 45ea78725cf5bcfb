# SPDX-License-Identifier: Apache-2.0
"""The demonstration's requests to the real patrol node and the real safety gate."""

import json
import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import rclpy
from geometry_msgs.msg import PoseWithCovarianceStamped, TransformStamped
from rclpy.node import Node
from ronda.action import Patrol
from ronda.msg import Incident
from ronda.srv import EnrolPerson
from sensor_msgs.msg import LaserScan
from std_msgs.msg import Bool
from tests.patrol_robot.navigation_stand_in import ROUTE, Navigation
from tf2_msgs.msg import TFMessage

from patrol_robot import demo_client
from patrol_robot.demo_client import RobotClient, watching
from patrol_robot.demo_setup import WATCHLIST, Wanted
from patrol_robot.demo_watch import DemoWatch
from patrol_robot.errors import DemoError
from patrol_robot.patrol_node import PatrolNode
from robot_base.safety_gate_node import SafetyGateNode
from ronda_core import qos
from ronda_core.executor import end_wait, make_executor, spin

pytestmark = pytest.mark.live
LIMIT_S = 60.0


class Body(Node):
    """A robot's laser, bumper and gallery, played by the test; hears the initial pose."""

    def __init__(self) -> None:
        super().__init__("body")
        self.bumper = False
        self.enrolled: list[EnrolPerson.Request] = []
        self.poses: list[PoseWithCovarianceStamped] = []
        self._scan = self.create_publisher(LaserScan, "scan", qos.SENSOR)
        self._bumper = self.create_publisher(Bool, "bumper", qos.SENSOR)
        self.incidents = self.create_publisher(Incident, "incidents", qos.EVENT)
        mount = TransformStamped(child_frame_id="laser_link")
        mount.header.frame_id = "base_footprint"
        mount.transform.rotation.w = 1.0
        self.create_publisher(TFMessage, "/tf_static", qos.TF_STATIC).publish(TFMessage(transforms=[mount]))
        self.create_service(EnrolPerson, "enrol_person", self._enrol)
        self.create_subscription(PoseWithCovarianceStamped, "initialpose", self.poses.append, qos.EVENT)
        self.create_timer(0.05, self._sense)

    def _sense(self) -> None:
        scan = LaserScan(angle_min=-math.pi, angle_max=math.pi, angle_increment=math.tau / 359, range_max=12.0)
        scan.header.frame_id, scan.header.stamp = "laser_link", self.get_clock().now().to_msg()
        scan.ranges = [6.0] * 360
        self._scan.publish(scan)
        self._bumper.publish(Bool(data=self.bumper))

    def _enrol(self, request: EnrolPerson.Request, response: EnrolPerson.Response) -> EnrolPerson.Response:
        self.enrolled.append(request)
        response.success = request.name != "Blurred"
        response.person_id, response.message = "p-1", "" if response.success else "picture 1: no face found"
        return response


class Robot:
    """The robot's nodes on a thread of their own, and the demonstration's client beside them."""

    def __init__(self, nodes: list[Any], watch: DemoWatch) -> None:
        self.body, self.navigation, self.patrol, self.gate = nodes
        self.watch = watch
        self.at_each_look: Callable[[], None] = lambda: None
        self.client = RobotClient(watch, lambda: self.at_each_look())
        self.client.wait(lambda: self.client.servers_ready() and self._gate_is_free(), LIMIT_S, "the robot")

    def _gate_is_free(self) -> bool:
        return self.gate._status is not None and self.gate._status.autonomy_allowed


@contextmanager
def spun(folder: Path) -> Iterator[list[Any]]:
    """The robot's nodes, spun until the block is left."""
    route = folder / "route.yaml"
    route.write_text(ROUTE)
    parameters = folder / "parameters.yaml"
    # One thread plays the sensors and the gate: a machine that pauses is not what the gate looks for.
    patience = {"bumper_timeout": 5.0, "scan_timeout": 2.0, "scan_grace": 5.0}
    values = {"patrol": {"route_file": str(route)}, "safety_gate": {"data_dir": str(folder), **patience}}
    parameters.write_text(json.dumps({f"/r1/{node}": {"ros__parameters": them} for node, them in values.items()}))
    rclpy.init(args=["--ros-args", "-r", "__ns:=/r1", "--params-file", str(parameters)])
    nodes = [Body(), Navigation([]), PatrolNode(), SafetyGateNode()]
    executor, leaving = make_executor(), threading.Event()
    for node in nodes:
        executor.add_node(node)
    thread = threading.Thread(target=spin, args=(executor, None, leaving.is_set), name="robot")
    thread.start()
    try:
        yield nodes
    finally:
        leaving.set()
        end_wait(executor)
        thread.join()
        rclpy.try_shutdown()
        executor.shutdown()
        for node in nodes:
            if hasattr(node, "close"):
                node.close()
            node.destroy_node()


@pytest.fixture
def robot(tmp_path: Path) -> Iterator[Robot]:
    with spun(tmp_path) as nodes:
        domain = nodes[0].context.get_domain_id()
        with watching("r1", domain, lambda _incident: None) as watch:
            yield Robot(nodes, watch)


def test_a_round_goes_on_by_itself_after_a_protective_stop(robot: Robot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_client, "RESUME_AFTER_S", 0.3)
    robot.navigation.answers = [0, "drive", 0, 0]
    asked: list[Any] = []
    ask = robot.client._resume.call_async

    def noted(request: Any) -> Any:
        asked.append(ask(request))
        return asked[-1]

    def refused() -> list[str]:
        answers = [future.result() for future in asked if future.done()]
        return [answer.message for answer in answers if not answer.success]

    def touch() -> None:
        # Somebody bumps into the robot on its way to the second waypoint, and steps aside after a first refusal.
        robot.body.bumper = len(robot.navigation.goals) == 2 and not refused()

    monkeypatch.setattr(robot.client._resume, "call_async", noted)
    robot.at_each_look = touch
    interruptions: list[str] = []
    result = robot.client.walk(LIMIT_S, interruptions.append)
    assert (result.error_code, result.waypoints_reached, result.laps_done) == (Patrol.Result.NONE, 3, 1)
    assert robot.navigation.goals == [(1.0, 1.0), (2.0, 1.0), (2.0, 1.0), (2.0, 1.5)]
    assert robot.navigation.cancelled == [(2.0, 1.0)]
    assert interruptions == ["The bumper touches something."]
    assert any("the safety gate refuses" in message for message in refused())


def test_a_second_round_is_refused_in_words(robot: Robot) -> None:
    robot.navigation.answers = ["drive"]
    with pytest.raises(DemoError, match="waited 0 s in vain for the end of the round"):
        robot.client.walk(0.0, pytest.fail)
    with pytest.raises(DemoError, match="refused the round"):
        robot.client.walk(LIMIT_S, pytest.fail)


def test_waiting_ends_when_the_nodes_have(robot: Robot) -> None:
    def ended() -> None:
        raise DemoError("the robot's nodes ended with exit code 3")

    robot.at_each_look = ended
    with pytest.raises(DemoError, match="exit code 3"):
        robot.client.wait(lambda: False, LIMIT_S, "nothing")


def test_enrolment_sends_the_pictures_as_they_are_and_passes_a_refusal_on(robot: Robot, tmp_path: Path) -> None:
    for name, content in (("a.jpg", b"\xff\xd8jpeg"), ("b.PNG", b"\x89PNG")):
        (tmp_path / name).write_bytes(content)
    pictures = (tmp_path / "a.jpg", tmp_path / "b.PNG")
    assert robot.client.enrol(Wanted("Ada", pictures)) == "p-1"
    (request,) = robot.body.enrolled
    assert (request.name, request.watchlist_id) == ("Ada", WATCHLIST)
    assert [(picture.format, bytes(picture.data)) for picture in request.pictures] == [
        ("jpeg", b"\xff\xd8jpeg"), ("png", b"\x89PNG"),
    ]  # fmt: skip
    with pytest.raises(DemoError, match="Blurred cannot be enrolled: picture 1: no face found"):
        robot.client.enrol(Wanted("Blurred", pictures))


def test_the_start_is_told_as_an_operator_tells_it(robot: Robot) -> None:
    def heard() -> bool:
        robot.client.tell_pose(1.0, -2.0, math.pi / 2)
        return bool(robot.body.poses)

    robot.client.wait(heard, LIMIT_S, "the pose")
    pose = robot.body.poses[0]
    at, turn = pose.pose.pose.position, pose.pose.pose.orientation
    assert (pose.header.frame_id, at.x, at.y) == ("map", 1.0, -2.0)
    assert (turn.z, turn.w) == pytest.approx((math.sqrt(0.5), math.sqrt(0.5)))
    assert [pose.pose.covariance[index] for index in (0, 7, 35)] == [0.25, 0.25, 0.07]


def test_a_fault_of_its_own_node_is_told(tmp_path: Path) -> None:
    def fail(_incident: Incident) -> None:
        raise RuntimeError("the printer is on fire")

    with (
        spun(tmp_path) as nodes,
        pytest.raises(DemoError, match="failed: the printer is on fire"),
        watching("r1", nodes[0].context.get_domain_id(), fail) as watch,
    ):
        client = RobotClient(watch, lambda: None)
        client.wait(nodes[0].incidents.get_subscription_count, LIMIT_S, "the watch")
        nodes[0].incidents.publish(Incident(incident_id="i-1"))
        client.wait(lambda: watch.view.incidents, LIMIT_S, "the incident")
