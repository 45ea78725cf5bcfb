# SPDX-License-Identifier: Apache-2.0
"""The frames of the robot as they arrive on /tf and /tf_static."""

import time
from pathlib import Path

import pytest
import rclpy
from rclpy.executors import SingleThreadedExecutor
from sensor_msgs.msg import JointState
from std_msgs.msg import String
from tests.robot_base.live import LIMIT, process
from tf2_msgs.msg import TFMessage

from ronda_core import qos

pytestmark = pytest.mark.live


def test_fixed_frames_are_latched_and_wheels_follow_their_joints(repository: Path) -> None:
    description = repository / "urdf" / "patrol_robot.urdf.xacro"
    context = rclpy.Context()
    rclpy.init(context=context)
    node = rclpy.create_node("frames", namespace="frames_test", context=context)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(node)
    seen: dict[str, str] = {}
    texts: list[str] = []

    def take(message: TFMessage) -> None:
        seen.update({t.child_frame_id: t.header.frame_id for t in message.transforms})

    node.create_subscription(TFMessage, "/tf", take, qos.TF)
    node.create_subscription(TFMessage, "/tf_static", take, qos.TF_STATIC)
    node.create_subscription(String, "robot_description", lambda m: texts.append(m.data), qos.STATE)
    joints = node.create_publisher(JointState, "joint_states", qos.SENSOR)
    settings = ["-p", f"description_file:={description}", "-p", "frame_prefix:=r7/", "-r", "__ns:=/frames_test"]
    try:
        with process("robot_base.robot_state_node", *settings):
            end = time.monotonic() + LIMIT
            while not ({"r7/laser_link", "r7/left_wheel"} <= set(seen) and texts):
                assert time.monotonic() < end, seen
                joints.publish(JointState(name=["left_wheel_joint"], position=[0.5]))
                executor.spin_once(timeout_sec=0.05)
        assert seen["r7/laser_link"] == "r7/base_link"
        assert "<robot" in texts[0]
    finally:
        executor.shutdown()
        node.destroy_node()
        context.try_shutdown()
