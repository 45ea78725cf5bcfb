# SPDX-License-Identifier: Apache-2.0
"""The demonstration's eyes on the graph: records the round, measures it, and keeps the last state for the live page."""

import struct
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from geometry_msgs.msg import PoseWithCovarianceStamped
from nav_msgs.msg import OccupancyGrid, Odometry
from rclpy.context import Context
from rclpy.node import Node
from rclpy.serialization import deserialize_message
from ronda.msg import FaceArray, Incident, LocalisationState, PatrolState
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CompressedImage
from std_msgs.msg import UInt32
from tf2_msgs.msg import TFMessage

from patrol_robot.bag import BagWriter
from patrol_robot.demo_figures import RoundFigures
from patrol_robot.ring_buffer import Record
from ronda_core import qos
from ronda_core.se2 import quaternion_to_yaw
from ronda_core.stamps import to_seconds

BAG_TYPES: Final = {
    "camera/image_raw/compressed": "sensor_msgs/msg/CompressedImage",
    "odom": "nav_msgs/msg/Odometry",
    "ground_truth": "nav_msgs/msg/Odometry",
    "amcl_pose": "geometry_msgs/msg/PoseWithCovarianceStamped",
    "incidents": "ronda/msg/Incident",
    "patrol_state": "ronda/msg/PatrolState",
    "/tf_static": "tf2_msgs/msg/TFMessage",
}
LEAST_GAP_S: Final = {"camera/image_raw/compressed": 1.0, "odom": 0.2, "ground_truth": 0.2, "amcl_pose": 0.2}
"""Simulated seconds between two recorded messages of a topic; a whole round must stay small."""
FRAMES_REMEMBERED: Final = 200
STEP_M: Final = 0.05
"""Shortest piece of the driven path that is kept."""


@dataclass(slots=True)
class View:
    """What the live page and the terminal show. Poses are (x, y, yaw) on the map."""

    pose: tuple[float, float, float] | None = None
    believed: tuple[float, float] | None = None
    frame: bytes = b""
    frame_number: int = 0
    sim_s: float = 0.0
    patrol: PatrolState | None = None
    localised: bool = False
    incidents: list[Incident] = field(default_factory=list)


class DemoWatch(Node):
    """Subscribes what the round shows. `figures` counts only between `begin` and `end`."""

    def __init__(self, namespace: str, on_incident: Callable[[Incident], None], context: Context) -> None:
        super().__init__("demo_watch", namespace=namespace, context=context)
        self.view = View()
        self.figures = RoundFigures()
        self.floor: OccupancyGrid | None = None
        self._on_incident = on_incident
        self._under_way = False
        self._contacts: int | None = None
        self._frames: OrderedDict[tuple[int, int], float] = OrderedDict()
        self._last_in_bag: dict[str, int] = {}
        self._bag: BagWriter | None = None
        self._before_bag: list[tuple[str, bytes]] = []
        self._lock = threading.Lock()
        self._watch(Clock, "/clock", self._take_clock, qos.CLOCK)
        self._watch(OccupancyGrid, "map", self._take_map, qos.STATE)
        self._watch(LocalisationState, "localisation_state", self._take_localisation, qos.STATE)
        self._watch(FaceArray, "faces", self._take_faces, qos.EVENT)
        self._watch(UInt32, "ground_truth/contacts", self._take_contacts, qos.STATE)
        self._watch_and_record(Odometry, "odom", None, qos.SENSOR)
        self._watch_and_record(Odometry, "ground_truth", self._take_truth, qos.SENSOR)
        self._watch_and_record(PoseWithCovarianceStamped, "amcl_pose", self._take_belief, qos.EVENT)
        self._watch_and_record(Incident, "incidents", self._take_incident, qos.EVENT)
        self._watch_and_record(PatrolState, "patrol_state", self._take_patrol, qos.STATE)
        self._watch_and_record(TFMessage, "/tf_static", None, qos.TF_STATIC)
        self._watch_frames()

    def bag_types(self) -> dict[str, str]:
        """The recording's topics with their full names, and types."""
        return {self.resolve_topic_name(topic): kind for topic, kind in BAG_TYPES.items()}

    def begin(self, bag: BagWriter) -> None:
        """The round begins: measure and record from here on."""
        with self._lock:
            self._bag = bag
            for topic, data in self._before_bag:
                bag.write(Record(int(self.view.sim_s * 1e9), topic, data))
            self._under_way = True
            self.figures.sim_start_s, self.figures.wall_start_s = self.view.sim_s, time.monotonic()

    def end(self) -> None:
        """The round is over; the recording is not written to any more."""
        with self._lock:
            if self._under_way:
                self.figures.sim_end_s, self.figures.wall_end_s = self.view.sim_s, time.monotonic()
            self._under_way, self._bag = False, None

    def _watch(self, kind: type, topic: str, take: Callable[[Any], None], profile: Any) -> None:
        self.create_subscription(kind, topic, take, profile)

    def _watch_and_record(self, kind: type, topic: str, take: Callable[[Any], None] | None, profile: Any) -> None:
        name = self.resolve_topic_name(topic)

        def receive(data: Any) -> None:
            self._record(topic, name, bytes(data))
            if take is not None:
                take(deserialize_message(data, kind))

        self.create_subscription(kind, topic, receive, profile, raw=True)

    def _watch_frames(self) -> None:
        topic = "camera/image_raw/compressed"
        name = self.resolve_topic_name(topic)

        def receive(data: Any) -> None:
            # CDR: four bytes of encapsulation, then the header's stamp (int32 seconds, uint32 nanoseconds).
            seconds, nanoseconds = struct.unpack_from("<iI", data, 4)
            self._frames[(seconds, nanoseconds)] = time.monotonic()
            while len(self._frames) > FRAMES_REMEMBERED:
                self._frames.popitem(last=False)
            self._record(topic, name, bytes(data))
            message = deserialize_message(data, CompressedImage)
            self.view.frame = bytes(message.data)
            self.view.frame_number += 1

        self.create_subscription(CompressedImage, topic, receive, qos.SENSOR, raw=True)

    def _record(self, topic: str, name: str, data: bytes) -> None:
        with self._lock:
            if self._bag is None:
                if topic in ("/tf_static", "patrol_state") and not self._under_way:
                    self._before_bag.append((name, data))
                return
            now_ns = int(self.view.sim_s * 1e9)
            last = self._last_in_bag.get(topic)
            if last is not None and now_ns - last < LEAST_GAP_S.get(topic, 0.0) * 1e9:
                return
            self._last_in_bag[topic] = now_ns
            self._bag.write(Record(now_ns, name, data))

    def _take_clock(self, message: Clock) -> None:
        self.view.sim_s = to_seconds(message.clock)

    def _take_map(self, message: OccupancyGrid) -> None:
        self.floor = message

    def _take_localisation(self, message: LocalisationState) -> None:
        self.view.localised = message.state == LocalisationState.LOCALISED

    def _take_truth(self, message: Odometry) -> None:
        at, turn = message.pose.pose.position, message.pose.pose.orientation
        self.view.pose = (at.x, at.y, quaternion_to_yaw(turn.x, turn.y, turn.z, turn.w))
        path = self.figures.path
        if self._under_way and (not path or abs(at.x - path[-1][0]) + abs(at.y - path[-1][1]) >= STEP_M):
            path.append((at.x, at.y))

    def _take_belief(self, message: PoseWithCovarianceStamped) -> None:
        self.view.believed = (message.pose.pose.position.x, message.pose.pose.position.y)

    def _take_patrol(self, message: PatrolState) -> None:
        self.view.patrol = message

    def _take_contacts(self, message: UInt32) -> None:
        # The simulator counts every touch of the robot with anything but the floor, whether a bumper feels it or not.
        if self._contacts is not None and self._under_way:
            self.figures.collisions += message.data - self._contacts
        self._contacts = message.data

    def _take_faces(self, message: FaceArray) -> None:
        if self._under_way:
            self.figures.perception_ms.append(message.processing_ms)

    def _take_incident(self, message: Incident) -> None:
        heard = time.monotonic()
        for index, known in enumerate(self.view.incidents):
            if known.incident_id == message.incident_id:
                self.view.incidents[index] = message  # again, now with its clip
                return
        stamp = message.header.stamp
        seen = self._frames.get((stamp.sec, stamp.nanosec))
        if seen is not None:
            self.figures.frame_to_alert_ms.append((heard - seen) * 1000.0)
        self.figures.first_sight_to_alert_s.append(to_seconds(message.reported) - to_seconds(message.first_seen))
        self.view.incidents.append(message)
        self._on_incident(message)
