# SPDX-License-Identifier: Apache-2.0
"""Node `robot_state`: publishes the description and the frames of the robot, as ROS's robot_state_publisher does."""

import sys
from pathlib import Path

from builtin_interfaces.msg import Time
from geometry_msgs.msg import Quaternion, TransformStamped, Vector3
from rclpy.node import Node
from sensor_msgs.msg import JointState
from std_msgs.msg import String

from robot_base.description_file import read_description
from robot_base.errors import DescriptionError
from robot_base.kinematic_tree import FrameTransform, KinematicTree
from ronda_core import diagnostics, parameters, qos
from ronda_core.node_main import run_node
from ronda_core.ros_transforms import TransformBroadcaster


def stamped(transform: FrameTransform, stamp: Time) -> TransformStamped:
    """The message of a transform."""
    message = TransformStamped(child_frame_id=transform.child)
    message.header.frame_id, message.header.stamp = transform.parent, stamp
    message.transform.translation = Vector3(**dict(zip("xyz", transform.translation, strict=True)))
    message.transform.rotation = Quaternion(**dict(zip("xyzw", transform.rotation, strict=True)))
    return message


class RobotStateNode(Node):
    """Fixed frames once (latched), moving ones with each joint state."""

    def __init__(self) -> None:
        super().__init__("robot_state")
        values = parameters.declare(self, parameters.load_spec("robot_base", "robot_state"))
        text = values["robot_description"]
        if not text:
            if not values["description_file"]:
                raise DescriptionError(
                    "node robot_state has no robot description", hint="set description_file or robot_description"
                )
            text = read_description(Path(values["description_file"]), values["xacro_arguments"])
        self._tree = KinematicTree(text)
        self._prefix = values["frame_prefix"]
        self._description_out = self.create_publisher(String, "robot_description", qos.STATE)
        self._description_out.publish(String(data=text))
        self._static_out = TransformBroadcaster(self, static=True)
        now = self.get_clock().now().to_msg()
        self._static_out.send(stamped(transform, now) for transform in self._tree.fixed_transforms(self._prefix))
        self._moving_out = TransformBroadcaster(self)
        self.create_subscription(JointState, "joint_states", self._take_joints, qos.SENSOR)
        health = diagnostics.NodeHealth(self)
        health.set(diagnostics.OK, "publishing frames", fixed=len(self._tree.fixed), moving=len(self._tree.moving))

    def _take_joints(self, message: JointState) -> None:
        positions = dict(zip(message.name, message.position, strict=False))
        transforms = self._tree.moving_transforms(positions, self._prefix)
        if transforms:
            self._moving_out.send(stamped(transform, message.header.stamp) for transform in transforms)


def main() -> None:
    """Run the node."""
    sys.exit(run_node(RobotStateNode))


if __name__ == "__main__":
    main()
