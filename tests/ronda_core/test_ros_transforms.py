# SPDX-License-Identifier: Apache-2.0
import pytest
import rclpy
from geometry_msgs.msg import TransformStamped
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node

from ronda_core.ros_transforms import TransformBroadcaster, TransformListener
from ronda_core.stamps import duration, from_seconds, to_seconds
from ronda_core.transforms import TransformBuffer


def stamped(parent, child, stamp, x):
    message = TransformStamped(child_frame_id=child)
    message.header.frame_id = parent
    message.header.stamp = from_seconds(stamp)
    message.transform.translation.x = x
    return message


@pytest.mark.live
def test_transforms_travel_over_tf_and_latched_over_tf_static():
    context = Context()
    rclpy.init(context=context)
    node = Node("tf_test", context=context)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(node)
    buffer = TransformBuffer()
    static, moving = TransformBroadcaster(node, static=True), TransformBroadcaster(node)
    static.send([stamped("base_link", "camera", 0.0, 0.5)])
    TransformListener(node, buffer)
    for _ in range(200):
        moving.send([stamped("odom", "base_link", 7.25, 2.0)])
        executor.spin_once(timeout_sec=0.05)
        if buffer.frames() >= {"odom", "base_link", "camera"}:
            break
    assert buffer.lookup("odom", "camera", 7.25)[0, 3] == 2.5
    executor.shutdown()
    node.destroy_node()
    rclpy.try_shutdown(context=context)


@pytest.mark.parametrize("seconds", [0.0, 0.1, 1234.000000001, 1.9999999996])
def test_stamps_there_and_back(seconds):
    assert to_seconds(from_seconds(seconds)) == pytest.approx(seconds, abs=1e-9)
    assert to_seconds(duration(seconds)) == pytest.approx(seconds, abs=1e-9)
