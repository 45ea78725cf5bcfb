# SPDX-License-Identifier: Apache-2.0
"""The incident node on the graph: a match in, an incident out at once, the recording a little later."""

import hashlib
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from geometry_msgs.msg import TransformStamped
from nav_msgs.msg import Odometry
from rclpy.node import Node
from ronda.msg import FaceMatch, Incident
from rosbags.highlevel import AnyReader
from sensor_msgs.msg import CompressedImage
from tests.patrol_robot.graph import Graph, graph

from patrol_robot.bag import ronda_types
from patrol_robot.evidence import EvidenceStore
from patrol_robot.incident_node import IncidentNode
from patrol_robot.incidents import ClipState
from ronda_core import images, qos
from ronda_core.ros_transforms import TransformBroadcaster

pytestmark = pytest.mark.live


class Robot(Node):
    """Publishes what the camera, the base and the recogniser would; hears the incidents."""

    def __init__(self) -> None:
        super().__init__("robot")
        self.incidents: list[Incident] = []
        self.match = self.create_publisher(FaceMatch, "face_matches", qos.EVENT)
        self.camera = self.create_publisher(CompressedImage, "camera/image_raw/compressed", qos.SENSOR)
        self.odometry = self.create_publisher(Odometry, "odom", qos.SENSOR)
        self.moving = TransformBroadcaster(self)
        self.fixed = TransformBroadcaster(self, static=True)
        self.create_subscription(Incident, "incidents", self.incidents.append, qos.EVENT)
        self.create_timer(0.05, self.sense)
        self.fixed.send([self.transform("base_footprint", "camera_optical_frame", 0.0, OPTICAL)])

    def transform(
        self, parent: str, child: str, y: float, turn: tuple[float, float, float, float] = (0, 0, 0, 1)
    ) -> TransformStamped:
        stamped = TransformStamped(child_frame_id=child)
        stamped.header.frame_id, stamped.header.stamp = parent, self.get_clock().now().to_msg()
        stamped.transform.translation.y = y
        rotation = stamped.transform.rotation
        rotation.x, rotation.y, rotation.z, rotation.w = (float(value) for value in turn)
        return stamped

    def sense(self) -> None:
        self.moving.send(
            [self.transform("map", "odom", 5.0), self.transform("odom", "base_footprint", 0.0)],
        )
        self.odometry.publish(Odometry())
        header = Odometry().header
        header.stamp = self.get_clock().now().to_msg()
        self.camera.publish(images.to_compressed(PICTURE, header))

    def see(self, match_id: str, person: str = "p-1", z: float = 2.0) -> None:
        message = FaceMatch(match_id=match_id, person_id=person, person_name="Ada", watchlist_name="missing", score=0.6)
        message.header.frame_id, message.header.stamp = "camera_optical_frame", self.get_clock().now().to_msg()
        message.first_seen = message.header.stamp
        message.position.z = z
        message.box.width = message.box.height = 20.0
        jpeg = images.to_compressed(PICTURE, message.header)
        message.picture = message.crop = message.enrolment = jpeg
        self.match.publish(message)


OPTICAL = (-0.5, 0.5, -0.5, 0.5)
PICTURE = np.full((48, 64, 3), 120, np.uint8)


class Scene:
    """The node, the robot around it, and the folder it writes to."""

    def __init__(self, running: Graph, folder: Path) -> None:
        self.graph = running
        self.robot: Robot = running.add(Robot())
        self.node: IncidentNode = running.add(IncidentNode())
        self.store = EvidenceStore(folder / "evidence")
        running.until(lambda: self.robot.match.get_subscription_count() == 1)
        running.until(lambda: len(self.node._clips._ring) > 20, what="sensor messages")

    def until_incidents(self, count: int) -> list[Incident]:
        self.graph.until(lambda: len(self.robot.incidents) >= count, what=f"{count} incidents")
        return self.robot.incidents


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with graph(f"incidents:data_dir:={tmp_path}", "incidents:clip_before:=3.0", "incidents:clip_after:=1.5") as running:
        yield Scene(running, tmp_path)


def test_a_match_becomes_an_incident_with_place_and_evidence(scene: Scene) -> None:
    scene.robot.see("m-1")
    (incident,) = scene.until_incidents(1)
    assert (incident.kind, incident.state) == (Incident.KIND_WATCHLIST_PERSON, Incident.STATE_CANDIDATE)
    assert (incident.subject, incident.list_name, incident.robot) == ("Ada", "missing", "/")
    assert incident.header.frame_id == "map"
    assert (incident.position.x, incident.position.y) == (pytest.approx(2.0), pytest.approx(5.0))
    assert incident.robot_pose.position.y == pytest.approx(5.0)
    assert incident.evidence[0].name == "comparison.jpg"
    scene.store.verify(incident.evidence_folder)


def test_repeats_and_cooling_people_are_held_back(scene: Scene) -> None:
    for match_id, person in (("m-1", "p-1"), ("m-1", "p-1"), ("m-2", "p-1"), ("m-3", "p-2")):
        scene.robot.see(match_id, person)
    assert [incident.subject_id for incident in scene.until_incidents(2)[:2]] == ["p-1", "p-2"]
    assert len(scene.node._office.incidents()) == 2


def test_an_unknown_distance_is_reported_without_a_place(scene: Scene) -> None:
    scene.robot.see("m-1", z=math.nan)
    (incident,) = scene.until_incidents(1)
    assert math.isnan(incident.position.x)
    assert incident.robot_pose.position.y == pytest.approx(5.0)


def test_the_recording_holds_the_seconds_before_and_after(scene: Scene) -> None:
    scene.robot.see("m-1")
    (incident,) = scene.until_incidents(1)

    def done() -> bool:
        return scene.node._office.incidents()[0].clip is ClipState.COMPLETE

    scene.graph.until(done, what="the clip")
    scene.store.verify(incident.evidence_folder)
    seen = incident.header.stamp.sec * 10**9 + incident.header.stamp.nanosec
    with AnyReader([scene.store.folder(incident.evidence_folder) / "clip"], default_typestore=ronda_types()) as bag:
        times: dict[str, list[int]] = {}
        for connection, stamp, _ in bag.messages():
            times.setdefault(connection.topic, []).append(stamp)
    assert {"/odom", "/camera/image_raw/compressed", "/tf", "/tf_static"} <= set(times)
    for topic in ("/odom", "/camera/image_raw/compressed"):
        assert min(times[topic]) < seen < max(times[topic])


def test_an_incident_is_published_again_when_its_clip_is_there(scene: Scene) -> None:
    scene.robot.see("m-1")
    first, again = scene.until_incidents(2)
    assert again.incident_id == first.incident_id
    clip = [file for file in again.evidence if file.name.startswith("clip/")]
    assert [file.name for file in again.evidence if file not in clip] == [file.name for file in first.evidence]
    assert any(file.media_type == "application/mcap" for file in clip)
    for file in clip:
        content = (scene.store.folder(again.evidence_folder) / file.name).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file.size, file.sha256)


def test_a_full_disk_does_not_keep_the_guard_from_being_called(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "evidence").rmdir()
    (tmp_path / "evidence").write_text("in the way")
    scene.robot.see("m-1")
    (incident,) = scene.until_incidents(1)
    assert incident.subject == "Ada"
    assert list(incident.evidence) == []
    assert "cannot write incident" in scene.node._failure
