# SPDX-License-Identifier: Apache-2.0
"""What Gazebo's systems and cameras do in a model of a world: joint position control, velocity control, joint states.

Parameters as in Gazebo's API reference of JointPositionController, VelocityControl and JointStatePublisher.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from robot_simulation.gazebo_blocks import read_camera
from robot_simulation.poses import Pose
from robot_simulation.scene import Joint, JointControl, WorldCamera
from robot_simulation.sdf_shapes import PoseOf
from robot_simulation.xml_file import Element
from ronda_core.parameters import suggest

_CONTROLLER_IGNORED = (
    "joint_index", "p_gain", "i_gain", "d_gain", "i_max", "i_min", "cmd_min", "cmd_offset", "initial_position",
)  # fmt: skip


@dataclass(frozen=True)
class ModelSystems:
    """What the plugins of one model state; empty topics: the model has no such plugin."""

    controls: tuple[JointControl, ...] = ()
    velocity_topic: str = ""
    states_topic: str = ""


def read_systems(model: Element, name: str, joints: Mapping[str, Joint]) -> ModelSystems:
    """Return the systems of a model; plugins that have no counterpart here are passed over.

    Raises DescriptionError for a controller of an unknown or immovable joint.
    """
    controls, velocity, states = [], "", ""
    for plugin in model.all("plugin"):
        system = plugin.attribute("name").split("::")[-1]
        if system == "JointPositionController":
            controls.append(_controller(plugin, name, joints))
        elif system == "VelocityControl":
            plugin.check_children(("topic",), ("initial_linear", "initial_angular"))
            velocity = plugin.value("topic", f"/model/{name}/cmd_vel")
        elif system == "JointStatePublisher":
            states = plugin.value("topic", f"/world/default/model/{name}/joint_state")
    return ModelSystems(tuple(controls), velocity, states)


def _controller(plugin: Element, model: str, joints: Mapping[str, Joint]) -> JointControl:
    plugin.check_children(("joint_name", "topic", "use_velocity_commands", "cmd_max"), _CONTROLLER_IGNORED)
    joint = plugin.need("joint_name").text.strip()
    if joint not in joints:
        raise plugin.error(f"controls the unknown joint '{joint}'{suggest(joint, joints)}")
    if joints[joint].kind == "fixed":
        raise plugin.error(f"controls the joint '{joint}', which is fixed")
    if not plugin.flag("use_velocity_commands", False):
        raise plugin.error(
            "only velocity commands are simulated", hint="state <use_velocity_commands>true</use_velocity_commands>"
        )
    speed = plugin.number("cmd_max", math.inf)
    if not 0.0 < speed < math.inf:
        raise plugin.error(f"a cmd_max of {speed}", hint="state the joint's largest speed in rad/s or m/s")
    return JointControl(joint, plugin.value("topic", f"/model/{model}/joint/{joint}/0/cmd_pos"), speed)


def read_cameras(link: Element, model: str, link_in_model: Pose, pose_in_link: PoseOf) -> list[WorldCamera]:
    """Return the cameras of a link of a world's model; other sensors are passed over."""
    cameras = []
    for sensor in link.all("sensor"):
        if sensor.attribute("type") != "camera":
            continue
        name = link.attribute("name")
        place = link_in_model if sensor.find("pose") is None else np.asarray(link_in_model @ pose_in_link(sensor))
        camera = sensor.need("camera")
        topic = sensor.value("topic", f"{model}/{name}/{sensor.attribute('name')}/image")
        info = camera.value("camera_info_topic", f"{topic.rpartition('/')[0]}/camera_info")
        cameras.append(
            WorldCamera(f"{model}::{name}::{sensor.attribute('name')}", place, read_camera(sensor, name), topic, info)
        )
    return cameras
