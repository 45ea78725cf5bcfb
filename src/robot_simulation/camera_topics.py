# SPDX-License-Identifier: Apache-2.0
"""The topics of one simulated camera: calibration, raw and compressed pictures, drawn for listeners alone."""

from __future__ import annotations

import numpy as np
from rclpy.node import Node
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from std_msgs.msg import Header

from robot_simulation.camera import Renderer, intrinsics
from robot_simulation.camera_noise import CameraNoise
from robot_simulation.gazebo_blocks import CameraBlock
from robot_simulation.schedule import Rate
from robot_simulation.simulator import Simulator
from ronda_core import images, qos
from ronda_core.stamps import from_seconds


class CameraTopics:
    """Publishes the pictures of the camera `name` of the model; `topic` ends in the name of the raw pictures' topic.

    :param rate: pictures a second; 0: as the description states
    :param seed: decides the camera's noise
    """

    def __init__(
        self, node: Node, name: str, block: CameraBlock, *, topic: str, info_topic: str, rate: float, seed: int
    ) -> None:
        self._name, self._block = name, block
        self._rate = Rate(rate or block.rate)
        self._noise = CameraNoise(block, np.random.default_rng([seed, *name.encode()]))
        self._image = node.create_publisher(Image, topic, qos.SENSOR)
        self._jpeg = node.create_publisher(CompressedImage, f"{topic}/compressed", qos.SENSOR)
        self._info = node.create_publisher(CameraInfo, info_topic, qos.SENSOR)

    def due(self, now: float) -> bool:
        """Whether the next picture is due."""
        return self._rate.due(now)

    def publish(self, simulator: Simulator, now: float, renderer: Renderer | None) -> None:
        """Publish the calibration, and the picture if somebody listens and there is a way to draw."""
        header = Header(stamp=from_seconds(now), frame_id=self._block.frame)
        self._info.publish(camera_info(header, self._block))
        raw, jpeg = self._image.get_subscription_count() > 0, self._jpeg.get_subscription_count() > 0
        if renderer is None or not (raw or jpeg):
            return
        picture = self._noise.add(renderer.draw(simulator.data, self._name, self._block))
        if raw:
            self._image.publish(images.to_message(picture, header))
        if jpeg:
            self._jpeg.publish(images.to_compressed(picture, header))


def camera_info(header: Header, block: CameraBlock) -> CameraInfo:
    """Return the calibration of a camera without distortion."""
    message = CameraInfo(header=header, width=block.width, height=block.height, distortion_model="plumb_bob")
    message.d = [0.0] * 5
    message.k = [float(part) for part in intrinsics(block).reshape(-1)]
    message.r = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]
    message.p = [*message.k[0:3], 0.0, *message.k[3:6], 0.0, *message.k[6:9], 0.0]
    return message
