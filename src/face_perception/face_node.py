# SPDX-License-Identifier: Apache-2.0
"""The node that watches a camera for people on the site's watchlists."""

from __future__ import annotations

import sys
import time
import uuid
from pathlib import Path
from threading import Lock
from typing import Any

from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from ronda.msg import FaceArray, FaceMatch
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from std_msgs.msg import Header

from face_perception.blur import blur_faces
from face_perception.decision import DecisionRules
from face_perception.face_messages import array_message, match_message
from face_perception.faces import Picture
from face_perception.frame_slot import FrameSlot
from face_perception.frozen import FreezeWatch
from face_perception.gallery_services_ros import FaceServices
from face_perception.match_book import MatchBook, OpenMatch
from face_perception.ranging import Intrinsics
from face_perception.station import StationSettings, open_station
from face_perception.watcher import DecidedMatch, Watcher, WatchSettings
from ronda_core import diagnostics, images, parameters, qos
from ronda_core.diagnostics import NodeHealth
from ronda_core.node_main import run_node
from ronda_core.stamps import to_seconds

_SILENT_AFTER_S = 3.0


class FaceNode(Node):
    """Subscribes the camera; publishes ``faces`` for each frame and ``face_matches`` for each decided track."""

    def __init__(self) -> None:
        super().__init__("faces")
        values = parameters.declare(self, parameters.load_spec("face_perception", "faces"))
        self._blur_others: bool = values["blur_others"]
        self._station = open_station(
            StationSettings(
                profile=values["profile"],
                folder=_path(values["faces_dir"]),
                site_file=_path(values["site_file"]),
                models=_path(values["models_dir"]),
                profiles_file=_path(values["profiles_file"]),
                calibration_file=_path(values["calibration_file"]),
                keep_pictures=values["keep_pictures"],
            )
        )
        self._watcher = Watcher(
            self._station.analyser,
            self._station.gallery,
            WatchSettings(
                max_faces=values["max_faces"],
                max_embeddings=values["max_embeddings"],
                min_width=values["min_face_width"],
            ),
            DecisionRules(min_views=values["min_views"]),
        )
        self._book = MatchBook()
        self._lock = Lock()
        self._desk = FaceServices(self, self._station, self._book, self._lock)
        self._camera: Intrinsics | None = None
        self._frozen = FreezeWatch(values["frozen_after"])
        self._last_frame = time.monotonic()
        self._last_ms = 0.0
        self._faces = self.create_publisher(FaceArray, "faces", qos.EVENT)
        self._matches = self.create_publisher(FaceMatch, "face_matches", qos.EVENT)
        self._health = NodeHealth(self)
        self.create_timer(1.0, self._report_health, clock=Clock(clock_type=ClockType.STEADY_TIME))
        self._slot: FrameSlot[Any] = FrameSlot(self._take_frame, self._frame_failed)
        self.create_subscription(CameraInfo, "camera/camera_info", self._take_info, qos.SENSOR)
        if values["transport"] == "raw":
            self.create_subscription(Image, "camera/image_raw", self._slot.offer, qos.SENSOR)
        else:
            self.create_subscription(CompressedImage, "camera/image_raw/compressed", self._slot.offer, qos.SENSOR)
        if not self._station.gallery.permitted:
            self.get_logger().warning("identification is off: no site file permits it; faces are only followed")

    def close(self) -> None:
        """End the worker, then release the gallery."""
        self._slot.close()
        self._station.gallery.close()

    def _take_info(self, message: CameraInfo) -> None:
        self._camera = Intrinsics.from_matrix(list(message.k))

    def _take_frame(self, message: Any) -> None:
        started = time.monotonic()
        picture = images.to_array(message) if isinstance(message, Image) else images.from_compressed(message)
        self._last_frame = started
        self._frozen.take(picture, started)
        stamp = to_seconds(message.header.stamp)
        with self._lock:
            result = self._watcher.process(
                picture, stamp, lambda match: self._publish_match(match, picture, message.header)
            )
        self._last_ms = (time.monotonic() - started) * 1e3
        size = (picture.shape[1], picture.shape[0])
        self._faces.publish(array_message(result, message.header, size, self._camera, self._last_ms))

    def _publish_match(self, match: DecidedMatch, picture: Picture, header: Header) -> None:
        gallery, verdict = self._station.gallery, match.verdict
        person = gallery.person(verdict.person_id)
        shown = blur_faces(picture, match.others) if self._blur_others else picture
        match_id = uuid.uuid4().hex
        track = self._watcher.track(match.track_id)
        template = track.template() if track else None
        if template is not None:
            self._book.add(OpenMatch(match_id, person.person_id, template, verdict.quality))
        watchlist = gallery.watchlist(person.watchlist_id)
        enrolment = gallery.portrait(person.person_id)
        self._matches.publish(match_message(match, match_id, person, watchlist, shown, enrolment, header, self._camera))
        self._station.audit.append(
            "match", person_id=person.person_id, match_id=match_id, score=round(verdict.score, 4)
        )

    def _frame_failed(self, error: Exception) -> None:
        if not self.context.ok():
            return  # the node is ending: the last frame finds no publisher any more
        self._health.set(diagnostics.ERROR, f"a frame could not be processed: {error}")
        self.get_logger().error(f"a frame could not be processed: {error}", throttle_duration_sec=5.0)

    def _report_health(self) -> None:
        now = time.monotonic()
        details = {
            "processing_ms": self._last_ms,
            "dropped_frames": self._slot.dropped,
            "identification": "on" if self._station.gallery.permitted else "off",
        }
        if now - self._last_frame > _SILENT_AFTER_S:
            self._health.set(diagnostics.WARN, "no pictures from the camera", **details)
        elif self._frozen.is_frozen(now):
            self._health.set(diagnostics.ERROR, "the camera is frozen: it sends the same picture", **details)
        else:
            self._health.set(diagnostics.OK, "watching", **details)


def _path(text: str) -> Path | None:
    return Path(text).expanduser() if text else None


def main() -> None:
    """Run the node."""
    sys.exit(run_node(FaceNode))


if __name__ == "__main__":
    main()
