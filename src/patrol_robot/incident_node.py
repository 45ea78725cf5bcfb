# SPDX-License-Identifier: Apache-2.0
"""The node that turns face matches into incidents with evidence."""

import sys
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from geometry_msgs.msg import PoseWithCovarianceStamped
from nav_msgs.msg import Odometry
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from rclpy.qos import QoSProfile
from ronda.msg import FaceArray, FaceMatch
from ronda.msg import Incident as IncidentMessage
from sensor_msgs.msg import CompressedImage, LaserScan
from tf2_msgs.msg import TFMessage

from patrol_robot.clip_recorder import ClipRecorder
from patrol_robot.errors import PatrolError
from patrol_robot.evidence import EvidenceStore
from patrol_robot.incident_log import IncidentLog
from patrol_robot.incident_office import IncidentOffice
from patrol_robot.incidents import ClipState, Incident, IncidentDesk
from patrol_robot.locate import Locator
from patrol_robot.match_messages import incident_message, match_of, pictures_of
from patrol_robot.pictures import load_font
from patrol_robot.ring_buffer import Record
from ronda_core import diagnostics, parameters, qos
from ronda_core.clock import SystemClock
from ronda_core.diagnostics import NodeHealth
from ronda_core.node_main import run_node
from ronda_core.paths import data_dir
from ronda_core.ros_transforms import TransformListener
from ronda_core.transforms import TransformBuffer

RECORDED: Final[tuple[tuple[str, type, str, QoSProfile], ...]] = (
    ("camera/image_raw/compressed", CompressedImage, "sensor_msgs/msg/CompressedImage", qos.SENSOR),
    ("faces", FaceArray, "ronda/msg/FaceArray", qos.EVENT),
    ("odom", Odometry, "nav_msgs/msg/Odometry", qos.SENSOR),
    ("scan", LaserScan, "sensor_msgs/msg/LaserScan", qos.SENSOR),
    ("amcl_pose", PoseWithCovarianceStamped, "geometry_msgs/msg/PoseWithCovarianceStamped", qos.EVENT),
    ("/tf", TFMessage, "tf2_msgs/msg/TFMessage", qos.TF),
    ("/tf_static", TFMessage, "tf2_msgs/msg/TFMessage", qos.TF_STATIC),
)
"""What a clip holds: topic, class, type name, profile."""


class IncidentNode(Node):
    """Subscribes `face_matches` and the sensors, publishes `incidents`, writes evidence and clips.

    An incident is published at once, and once more, with the same id, when the files of its clip are in the evidence.
    """

    def __init__(self) -> None:
        super().__init__("incidents")
        values = parameters.declare(self, parameters.load_spec("patrol_robot", "incidents"))
        folder = Path(values["data_dir"]).expanduser() if values["data_dir"] else data_dir()
        self._office = IncidentOffice(
            EvidenceStore(folder / "evidence"),
            IncidentLog(folder / "incidents.sqlite"),
            IncidentDesk(values["cooldown"]),
            SystemClock(),
            robot=self.get_namespace(),
        )
        self._types = {self.resolve_topic_name(topic): name for topic, _, name, _ in RECORDED}
        self._clips = ClipRecorder(
            values["clip_before"],
            values["clip_after"],
            values["clip_megabytes"] * 1_000_000,
            latched=frozenset({"/tf_static"}),
        )
        buffer = TransformBuffer(seconds=10.0)
        self._transforms = TransformListener(self, buffer)
        self._locator = Locator(buffer, map_frame=values["map_frame"], base_frame=values["base_frame"])
        self._incidents = self.create_publisher(IncidentMessage, "incidents", qos.EVENT)
        self.create_subscription(FaceMatch, "face_matches", self._take_match, qos.EVENT)
        for topic, kind, _, profile in RECORDED:
            self._record(topic, kind, profile)
        # One worker writes clips, so that the disk never holds up an alert.
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="clip")
        self._with_clip: deque[Incident] = deque()
        load_font()
        self._health = NodeHealth(self)
        self._failure = ""
        self._count = 0
        self.create_timer(0.5, self._cut_clips, clock=Clock(clock_type=ClockType.STEADY_TIME))
        if self._office.adopted:
            self.get_logger().warning(f"{self._office.adopted} incidents taken over from an interrupted run")
        self._report_health()

    def close(self) -> None:
        """Write the clips that wait, with what there is."""
        for incident, records in self._clips.due(self._now_s(), final=True):
            self._write_clip(incident, records)
        self._disk.shutdown(wait=True)
        self._office.close()

    def _record(self, topic: str, kind: type, profile: QoSProfile) -> None:
        name = self.resolve_topic_name(topic)

        def take(data: Any) -> None:
            self._clips.receive(Record(self.get_clock().now().nanoseconds, name, bytes(data)))

        self.create_subscription(kind, topic, take, profile, raw=True)

    def _take_match(self, message: FaceMatch) -> None:
        match = match_of(message)
        place = self._locator.place(message.header.frame_id, match.observed_s, match.position)
        try:
            incident = self._office.report(match, pictures_of(message), place, self._now_s())
        except PatrolError as error:
            # The alert goes out nevertheless: a full disk must not keep a guard from being called.
            self._failure = f"{error}; {error.hint}"
            self.get_logger().error(self._failure)
            incident = self._office.unwritten(match, place, self._now_s(), self._failure)
        if incident is None:
            return
        self._incidents.publish(incident_message(incident))
        self.get_logger().info(incident.summary)
        self._count += 1
        if incident.evidence:
            self._clips.request(incident)
        self._report_health()

    def _cut_clips(self) -> None:
        for incident, records in self._clips.due(self._now_s()):
            self._write_clip(incident, records)
        while self._with_clip:
            self._incidents.publish(incident_message(self._with_clip.popleft()))

    def _write_clip(self, incident: Incident, records: Any) -> None:
        job = self._disk.submit(self._office.attach_clip, incident, self._types, records, ["/tf_static"])
        job.add_done_callback(self._clip_written)

    def _clip_written(self, job: "Future[Incident]") -> None:
        error = job.exception()
        if error is not None:
            self._failure = f"a clip could not be written: {error}"
            self.get_logger().error(self._failure)
        else:
            done = job.result()
            self.get_logger().info(f"clip of {done.incident_id}: {done.clip.value}, {done.clip_note}")
            if done.clip is ClipState.COMPLETE:
                self._with_clip.append(done)

    def _report_health(self) -> None:
        level = diagnostics.ERROR if self._failure else diagnostics.OK
        self._health.set(
            level,
            self._failure or "watching for matches",
            incidents=self._count,
            suppressed=self._office.suppressed,
        )

    def _now_s(self) -> float:
        return float(self.get_clock().now().nanoseconds) / 1e9


def main() -> None:
    """Run the node until it is told to stop."""
    sys.exit(run_node(IncidentNode))
