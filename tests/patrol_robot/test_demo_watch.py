# SPDX-License-Identifier: Apache-2.0
"""The demonstration's eyes, with a robot in front of them that the test plays."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rclpy
from nav_msgs.msg import Odometry
from rclpy.node import Node
from ronda.msg import FaceArray, Incident, LocalisationState, PatrolState
from rosbags.highlevel import AnyReader
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CompressedImage
from std_msgs.msg import UInt32
from tests.patrol_robot.graph import Graph, graph
from tf2_msgs.msg import TFMessage

from patrol_robot.bag import BagWriter, ronda_types
from patrol_robot.demo_watch import BAG_TYPES, DemoWatch
from ronda_core import qos
from ronda_core.stamps import from_seconds

pytestmark = pytest.mark.live

PROFILES = {
    "/clock": (Clock, qos.CLOCK),
    "ground_truth": (Odometry, qos.SENSOR),
    "ground_truth/contacts": (UInt32, qos.STATE),
    "camera/image_raw/compressed": (CompressedImage, qos.SENSOR),
    "faces": (FaceArray, qos.EVENT),
    "incidents": (Incident, qos.EVENT),
    "localisation_state": (LocalisationState, qos.STATE),
    "patrol_state": (PatrolState, qos.STATE),
    "/tf_static": (TFMessage, qos.TF_STATIC),
}


class Robot(Node):
    """Publishes what the test says."""

    def __init__(self) -> None:
        super().__init__("robot", namespace="r1")
        self.out = {topic: self.create_publisher(kind, topic, profile) for topic, (kind, profile) in PROFILES.items()}


class Scene:
    """Robot and watch on one executor. Messages are sent one by one, each awaited, so that none is lost."""

    def __init__(self, running: Graph) -> None:
        self.graph = running
        self.alerts: list[Incident] = []
        self.robot: Robot = running.add(Robot())
        self.watch: DemoWatch = running.add(DemoWatch("r1", self.alerts.append, rclpy.get_default_context()))
        running.until(lambda: all(out.get_subscription_count() for out in self.robot.out.values()))

    def send(self, topic: str, message: Any, condition: Any) -> None:
        self.robot.out[topic].publish(message)
        self.graph.until(condition, what=topic)

    def clock(self, seconds: float) -> None:
        self.send("/clock", Clock(clock=from_seconds(seconds)), lambda: self.watch.view.sim_s == seconds)

    def truth(self, x: float) -> None:
        message = Odometry()
        message.pose.pose.position.x, message.pose.pose.orientation.w = x, 1.0
        self.send("ground_truth", message, lambda: self.watch.view.pose == (x, 0.0, 0.0))

    def contacts(self, count: int) -> None:
        self.send("ground_truth/contacts", UInt32(data=count), lambda: self.watch._contacts == count)

    def frame(self, stamp: float) -> None:
        number = self.watch.view.frame_number + 1
        message = CompressedImage(format="jpeg", data=[1, 2, number % 256])
        message.header.stamp = from_seconds(stamp)
        self.send("camera/image_raw/compressed", message, lambda: self.watch.view.frame_number == number)


@pytest.fixture
def scene() -> Iterator[Scene]:
    with graph() as running:
        yield Scene(running)


def incident(stamp: float, name: str = "i-1", **more: Any) -> Incident:
    message = Incident(incident_id=name, first_seen=from_seconds(stamp - 0.8), reported=from_seconds(stamp), **more)
    message.header.stamp = from_seconds(stamp)
    return message


def test_figures_count_between_begin_and_end_alone(scene: Scene, tmp_path: Path) -> None:
    scene.clock(1.0)
    scene.truth(0.5)
    scene.contacts(4)
    with BagWriter(tmp_path / "bag", scene.watch.bag_types(), ["/tf_static"]) as bag:
        scene.watch.begin(bag)
        for x in (1.0, 1.01, 2.0):
            scene.truth(x)
        scene.contacts(6)
        scene.send("faces", FaceArray(processing_ms=31.0), lambda: scene.watch.figures.perception_ms)
        scene.clock(11.0)
        scene.watch.end()
    scene.truth(9.0)
    scene.contacts(9)
    figures = scene.watch.figures
    assert figures.path == [(1.0, 0.0), (2.0, 0.0)]
    assert figures.distance_m == pytest.approx(1.0)
    assert figures.collisions == 2
    assert figures.perception_ms == [31.0]
    assert figures.sim_duration_s == pytest.approx(10.0)


def test_an_alert_is_timed_from_its_own_frame_and_told_once(scene: Scene) -> None:
    scene.frame(7.0)
    scene.frame(7.2)
    scene.send("incidents", incident(7.0), lambda: scene.alerts)
    scene.send("incidents", incident(99.0, "i-2"), lambda: len(scene.alerts) == 2)
    assert len(scene.watch.figures.frame_to_alert_ms) == 1, "the second alert's frame was never seen"
    assert scene.watch.figures.frame_to_alert_ms[0] > 0
    assert scene.watch.figures.first_sight_to_alert_s == pytest.approx([0.8, 0.8])
    # The same incident again, as it comes when its clip is there.
    scene.send(
        "incidents", incident(7.0, summary="with clip"), lambda: scene.watch.view.incidents[0].summary == "with clip"
    )
    assert [alert.incident_id for alert in scene.alerts] == ["i-1", "i-2"]
    assert [known.incident_id for known in scene.watch.view.incidents] == ["i-1", "i-2"]
    assert len(scene.watch.figures.first_sight_to_alert_s) == 2


def test_the_recording_holds_latched_topics_from_before_and_thins_out_the_fast_ones(
    scene: Scene, tmp_path: Path
) -> None:
    scene.send("patrol_state", PatrolState(detail="ready"), lambda: scene.watch.view.patrol is not None)
    scene.send("/tf_static", TFMessage(), lambda: len(scene.watch._before_bag) == 2)
    with BagWriter(tmp_path / "bag", scene.watch.bag_types(), ["/tf_static"]) as bag:
        scene.watch.begin(bag)
        for eighth in range(1, 17):
            scene.clock(eighth / 8)
            scene.truth(eighth / 100)
            scene.frame(eighth / 8)
        scene.watch.end()
        scene.truth(5.0)
    with AnyReader([tmp_path / "bag"], default_typestore=ronda_types()) as reader:
        counts = {connection.topic: connection.msgcount for connection in reader.connections}
        types = {connection.topic: connection.msgtype for connection in reader.connections}
    assert counts == {
        "/r1/patrol_state": 1, "/tf_static": 1, "/r1/ground_truth": 8, "/r1/camera/image_raw/compressed": 2,
    }  # fmt: skip
    assert types["/r1/ground_truth"] == BAG_TYPES["ground_truth"]


@pytest.mark.parametrize(("state", "localised"), [(LocalisationState.LOCALISED, True), (LocalisationState.LOST, False)])
def test_knows_whether_the_robot_has_found_its_place(scene: Scene, state: int, localised: bool) -> None:
    scene.watch.view.localised = not localised
    scene.send("localisation_state", LocalisationState(state=state), lambda: scene.watch.view.localised is localised)
