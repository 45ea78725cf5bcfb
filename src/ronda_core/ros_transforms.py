# SPDX-License-Identifier: Apache-2.0
"""Transforms between the buffer and the topics /tf and /tf_static."""

from __future__ import annotations

from collections.abc import Iterable

from geometry_msgs.msg import Pose, TransformStamped
from rclpy.node import Node
from tf2_msgs.msg import TFMessage

from ronda_core import qos
from ronda_core.errors import TransformError
from ronda_core.se2 import SE2, quaternion_to_yaw
from ronda_core.stamps import to_seconds
from ronda_core.transforms import TransformBuffer


def pose_from(message: Pose) -> SE2:
    """The pose in the plane."""
    q = message.orientation
    return SE2(message.position.x, message.position.y, quaternion_to_yaw(q.x, q.y, q.z, q.w))


class TransformListener:
    """Fills a buffer from /tf and /tf_static."""

    def __init__(self, node: Node, buffer: TransformBuffer) -> None:
        self._buffer = buffer
        self._logger = node.get_logger()
        node.create_subscription(TFMessage, "/tf", lambda message: self._take(message, static=False), qos.TF)
        node.create_subscription(
            TFMessage, "/tf_static", lambda message: self._take(message, static=True), qos.TF_STATIC
        )

    def _take(self, message: TFMessage, *, static: bool) -> None:
        for stamped in message.transforms:
            t, r = stamped.transform.translation, stamped.transform.rotation
            try:
                self._buffer.set(
                    stamped.header.frame_id,
                    stamped.child_frame_id,
                    to_seconds(stamped.header.stamp),
                    (t.x, t.y, t.z),
                    (r.x, r.y, r.z, r.w),
                    static=static,
                )
            except TransformError as error:
                self._logger.warning(str(error), throttle_duration_sec=5.0)


class TransformBroadcaster:
    """Publishes transforms on /tf, or latched on /tf_static."""

    def __init__(self, node: Node, *, static: bool = False) -> None:
        topic, profile = ("/tf_static", qos.TF_STATIC) if static else ("/tf", qos.TF)
        self._publisher = node.create_publisher(TFMessage, topic, profile)

    def send(self, transforms: Iterable[TransformStamped]) -> None:
        """Publish `transforms` in one message."""
        self._publisher.publish(TFMessage(transforms=list(transforms)))
