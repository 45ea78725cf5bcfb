# SPDX-License-Identifier: Apache-2.0
"""The topics of the world itself: its cameras, its controlled joints, and the models that move as commanded.

Names and types are those of Gazebo behind its bridge; a relative name of the world file hangs below the root.
"""

from __future__ import annotations

import array
import math
from collections.abc import Callable

from geometry_msgs.msg import Twist
from rclpy.node import Node
from ronda.msg import CarPose, CarPoseArray
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64, Header

from robot_simulation.camera import Renderer
from robot_simulation.camera_topics import CameraTopics
from robot_simulation.moved_models import ControlledJoint, MovedModel
from robot_simulation.schedule import Rate
from robot_simulation.simulator import Simulator
from ronda_core import qos
from ronda_core.stamps import from_seconds

TRUTH_RATE, JOINT_RATE = 20.0, 20.0


class WorldTopics:
    """Publishes what is due and hands commands to the simulator, in the simulation's thread."""

    def __init__(self, node: Node, simulator: Simulator, camera_rate: float, seed: int) -> None:
        self._node, self._simulator = node, simulator
        self._commands: dict[str, Callable[[], None]] = {}
        self._truth_rate, self._joint_rate = Rate(TRUTH_RATE), Rate(JOINT_RATE)
        self._cameras = [
            CameraTopics(
                node,
                camera.name,
                camera.block,
                topic=_root(camera.topic),
                info_topic=_root(camera.info_topic),
                rate=camera_rate,
                seed=seed,
            )
            for model in simulator.world.models
            for camera in model.cameras
        ]
        self._joints = []
        for model in simulator.world.models:
            joints = [joint for joint in simulator.joints if joint.owner == model.name]
            if model.states_topic and joints:
                self._joints.append((node.create_publisher(JointState, _root(model.states_topic), qos.SENSOR), joints))
        for joint in simulator.joints:
            node.create_subscription(Float64, _root(joint.topic), self._positions(joint), qos.COMMAND)
        for moved in simulator.moved:
            node.create_subscription(Twist, _root(moved.topic), self._velocities(moved), qos.COMMAND)
        self._truth = node.create_publisher(CarPoseArray, "/ground_truth/cars", qos.SENSOR) if simulator.moved else None
        self._contacts = dict.fromkeys((moved.name for moved in simulator.moved), 0)

    @property
    def has_cameras(self) -> bool:
        """Whether something has to be drawn."""
        return bool(self._cameras)

    def _positions(self, joint: ControlledJoint) -> Callable[[Float64], None]:
        def take(message: Float64) -> None:
            self._commands[joint.topic] = lambda: joint.command(message.data)

        return take

    def _velocities(self, moved: MovedModel) -> Callable[[Twist], None]:
        def take(message: Twist) -> None:
            v, w = message.linear, message.angular.z
            self._commands[moved.topic] = lambda: moved.command(v.x, v.y, w)

        return take

    def apply_commands(self) -> None:
        """Hand the newest commands over."""
        while self._commands:
            _, command = self._commands.popitem()
            command()

    def publish(self, renderer: Renderer | None) -> None:
        """Publish all that is due now."""
        now = self._simulator.time
        due = [camera for camera in self._cameras if camera.due(now)]
        if due:
            self._simulator.refresh()
            for camera in due:
                camera.publish(self._simulator, now, renderer)
        if self._joint_rate.due(now):
            for publisher, joints in self._joints:
                publisher.publish(
                    JointState(
                        header=Header(stamp=from_seconds(now)),
                        name=[joint.name for joint in joints],
                        position=array.array("d", [joint.position for joint in joints]),
                        velocity=array.array("d", [joint.velocity for joint in joints]),
                    )
                )
        if self._truth is not None and self._truth_rate.due(now):
            self._simulator.moved_contacts.compare_outlines(now)
            cars = [_car_pose(moved) for moved in self._simulator.moved]
            self._truth.publish(CarPoseArray(header=Header(stamp=from_seconds(now), frame_id="map"), cars=cars))
            for moved in self._simulator.moved:
                if moved.contacts != self._contacts[moved.name]:
                    self._contacts[moved.name] = moved.contacts
                    self._node.get_logger().warning(f"'{moved.name}' touches '{moved.touched}'")


def _root(topic: str) -> str:
    return "/" + topic.lstrip("/")


def _car_pose(moved: MovedModel) -> CarPose:
    message = CarPose(car=moved.name, contacts=moved.contacts, touched=moved.touched)
    x, y, z, yaw = moved.pose
    position, turn = message.pose.position, message.pose.orientation
    position.x, position.y, position.z = x, y, z
    turn.z, turn.w = math.sin(yaw / 2), math.cos(yaw / 2)
    message.speed, message.turn_rate = moved.velocity[0], moved.velocity[2]
    message.centre.x, message.centre.y, message.centre.z = moved.centre
    message.length, message.width, message.height = moved.size
    return message
