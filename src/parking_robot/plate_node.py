# SPDX-License-Identifier: Apache-2.0
"""The node that reads number plates in a robot's camera."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from ronda.msg import PlateReadArray
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

from face_perception.frame_slot import FrameSlot
from face_perception.ranging import Intrinsics
from parking_robot.bays.plate_place import locate_plate
from parking_robot.plate_messages import array_message
from parking_robot.plates.chain import PlateChain, load_settings
from ronda_core import diagnostics, images, parameters, qos
from ronda_core.diagnostics import NodeHealth
from ronda_core.node_main import run_node
from ronda_core.stamps import to_seconds

_SILENT_AFTER_S = 3.0


class PlateNode(Node):
    """Subscribes the camera; publishes ``plates`` for each frame that was looked at, also without a plate in it.

    To whoever subscribes ``plates/image/compressed`` go, with the same stamp, the frames in which a plate was read.
    """

    def __init__(self) -> None:
        super().__init__("plates")
        values = parameters.declare(self, parameters.load_spec("parking_robot", "plates"))
        chain_file = Path(values["chain_file"]).expanduser() if values["chain_file"] else None
        models = Path(values["models_dir"]).expanduser() if values["models_dir"] else None
        self._chain = PlateChain(load_settings(chain_file), models)
        self._countries = {code: 1.0 / len(values["countries"]) for code in values["countries"]}
        self._least_gap_s = 1.0 / values["rate"]
        self._last_stamp: float | None = None
        self._camera: Intrinsics | None = None
        self._last_frame, self._last_ms, self._read = time.monotonic(), 0.0, 0
        self._plates = self.create_publisher(PlateReadArray, "plates", qos.EVENT)
        self._pictures = self.create_publisher(CompressedImage, "plates/image/compressed", qos.EVENT)
        self._health = NodeHealth(self)
        self.create_timer(1.0, self._report_health, clock=Clock(clock_type=ClockType.STEADY_TIME))
        self._slot: FrameSlot[Any] = FrameSlot(self._take_frame, self._frame_failed)
        self.create_subscription(CameraInfo, "camera/camera_info", self._take_info, qos.SENSOR)
        if values["transport"] == "raw":
            self.create_subscription(Image, "camera/image_raw", self._offer, qos.SENSOR)
        else:
            self.create_subscription(CompressedImage, "camera/image_raw/compressed", self._offer, qos.SENSOR)

    def close(self) -> None:
        """End the worker."""
        self._slot.close()

    def _take_info(self, message: CameraInfo) -> None:
        self._camera = Intrinsics.from_matrix(list(message.k))

    def _offer(self, message: Any) -> None:
        self._last_frame = time.monotonic()
        stamp = to_seconds(message.header.stamp)
        # A stamp that went back is a camera that was started again.
        if self._last_stamp is None or not 0.0 <= stamp - self._last_stamp < self._least_gap_s:
            self._last_stamp = stamp
            self._slot.offer(message)

    def _take_frame(self, message: Any) -> None:
        started = time.monotonic()
        picture = images.to_array(message) if isinstance(message, Image) else images.from_compressed(message)
        readings = self._chain.read(picture, self._countries or None)
        camera = self._camera
        places = [
            locate_plate(reading.corners, reading.decoded.region, camera) if camera is not None else None
            for reading in readings
        ]
        self._last_ms = (time.monotonic() - started) * 1e3
        self._read += sum(bool(reading.decoded.text) for reading in readings)
        size = (picture.shape[1], picture.shape[0])
        self._plates.publish(array_message(readings, places, message.header, size, self._last_ms))
        if any(reading.decoded.text for reading in readings) and self._pictures.get_subscription_count():
            ready = isinstance(message, CompressedImage)
            self._pictures.publish(message if ready else images.to_compressed(picture, message.header))

    def _frame_failed(self, error: Exception) -> None:
        if not self.context.ok():
            return  # the node is ending: the last frame finds no publisher any more
        self._health.set(diagnostics.ERROR, f"a frame could not be read: {error}")
        self.get_logger().error(f"a frame could not be read: {error}", throttle_duration_sec=5.0)

    def _report_health(self) -> None:
        details = {"processing_ms": self._last_ms, "dropped_frames": self._slot.dropped, "plates": self._read}
        if time.monotonic() - self._last_frame > _SILENT_AFTER_S:
            self._health.set(diagnostics.WARN, "no pictures from the camera", **details)
        elif self._camera is None:
            self._health.set(diagnostics.WARN, "no calibration from the camera: plates have no place", **details)
        else:
            self._health.set(diagnostics.OK, "reading", **details)


def main() -> None:
    """Run the node."""
    sys.exit(run_node(PlateNode))
