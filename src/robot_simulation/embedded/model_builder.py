# SPDX-License-Identifier: Apache-2.0
"""Turns a world and robots into one MuJoCo model.

Geoms are in groups: 0 collides, 1 is seen (by cameras and lidars). Names in the model: `<model>/<link>` for bodies
of the world, `<robot>/<link>` for those of a robot.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import mujoco
import numpy as np
from lxml import etree

from robot_simulation.embedded.geoms import COLLIDES, SEEN, Painter, add_collision, add_visual
from robot_simulation.embedded.poses import Pose, from_xyz_rpy, quaternion_wxyz
from robot_simulation.embedded.robot import Robot
from robot_simulation.embedded.world import Link, World
from robot_simulation.errors import RobotError

WORLD_BIT = 1
SERVO_GAIN = 30.0
"""Nm per rad/s of the wheels' velocity servo: stiff, since Gazebo's wheels follow their command exactly."""
WHEEL_ARMATURE = 0.005
CAMERA_AXES = from_xyz_rpy(0, 0, 0, math.pi / 2, 0, -math.pi / 2)
"""MuJoCo's cameras look along -z with +y up; ROS's camera links along x with +z up."""


@dataclass(frozen=True, slots=True)
class Placement:
    """A robot, its unique name, and where it is put: x, y in m and yaw in rad; its root touches the floor at z = 0."""

    name: str
    robot: Robot
    x: float = 0.0
    y: float = 0.0
    yaw: float = 0.0


def build(world: World, placements: Sequence[Placement], *, texture_limit: int = 1024) -> mujoco.MjModel:
    """Return the compiled model. Raises WorldError and RobotError for what MuJoCo cannot be made of."""
    spec = mujoco.MjSpec()
    spec.modelname = world.name
    _options(spec, world)
    painter = Painter(spec, texture_limit)
    _lights(spec, world)
    for model in world.models:
        for link in model.links:
            pose = model.pose @ link.pose
            if model.static:
                _fill(spec.worldbody, painter, link, pose, f"{model.name}/{link.name}")
            else:
                body = _body(spec, f"{model.name}/{link.name}", pose, link)
                body.add_freejoint()
                _fill(body, painter, link, np.eye(4), f"{model.name}/{link.name}")
    for actor in world.actors:
        for link in actor.links:
            body = spec.worldbody.add_body(name=f"{actor.name}/{link.name}", mocap=True)
            body.pos = actor.waypoints[0].pose[:3, 3]
            _fill(body, painter, link, link.pose, f"{actor.name}/{link.name}")
    for index, placement in enumerate(placements):
        _attach(spec, placement, bit=2 << index)
    try:
        return spec.compile()
    except ValueError as error:
        raise RobotError(f"the model of world '{world.name}' cannot be built: {error}") from error


def _options(spec: mujoco.MjSpec, world: World) -> None:
    spec.option.timestep = world.step
    spec.option.gravity = world.gravity
    spec.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    # Elliptic cones with a high ratio keep wheels from creeping sideways while the robot turns.
    spec.option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
    spec.option.impratio = 100.0
    spec.compiler.degree = False
    spec.visual.quality.shadowsize = 0
    spec.visual.quality.offsamples = 0
    spec.visual.headlight.ambient = world.ambient
    spec.visual.headlight.diffuse = (0, 0, 0)
    spec.visual.headlight.specular = (0, 0, 0)
    spec.visual.global_.offwidth = 4096
    spec.visual.global_.offheight = 2160
    # In units of the model's extent, which is fixed here so that the clip distances are metres.
    spec.stat.extent = 1.0
    spec.visual.map.znear = 0.05
    spec.visual.map.zfar = 100.0
    spec.add_texture(
        name="sky", type=mujoco.mjtTexture.mjTEXTURE_SKYBOX, builtin=mujoco.mjtBuiltin.mjBUILTIN_FLAT,
        rgb1=world.background, rgb2=world.background, width=16, height=96,
    )  # fmt: skip


def _lights(spec: mujoco.MjSpec, world: World) -> None:
    kinds = {
        "directional": mujoco.mjtLightType.mjLIGHT_DIRECTIONAL,
        "point": mujoco.mjtLightType.mjLIGHT_POINT,
        "spot": mujoco.mjtLightType.mjLIGHT_SPOT,
    }
    for light in world.lights:
        spec.worldbody.add_light(
            type=kinds[light.kind], pos=light.position, dir=light.direction, diffuse=light.diffuse,
            specular=light.specular, ambient=(0, 0, 0), castshadow=False,
        )  # fmt: skip


def _body(spec: mujoco.MjSpec, name: str, pose: Pose, link: Link) -> mujoco.MjsBody:
    body = spec.worldbody.add_body(name=name, pos=pose[:3, 3], quat=quaternion_wxyz(pose))
    inertial = link.inertial
    body.mass = inertial.mass
    body.ipos = inertial.pose[:3, 3]
    xx, yy, zz, xy, xz, yz = inertial.inertia
    rotation = inertial.pose[:3, :3]
    full = rotation @ np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]]) @ rotation.T
    body.fullinertia = [full[0, 0], full[1, 1], full[2, 2], full[0, 1], full[0, 2], full[1, 2]]
    body.explicitinertial = True
    return body


def _fill(body: mujoco.MjsBody, painter: Painter, link: Link, pose: Pose, name: str) -> None:
    for collision in link.collisions:
        add_collision(body, collision, pose @ collision.pose, f"{name}/{collision.name}", WORLD_BIT)
    for visual in link.visuals:
        add_visual(body, painter, visual, pose @ visual.pose, f"{name}/{visual.name}")


def _attach(spec: mujoco.MjSpec, placement: Placement, bit: int) -> None:
    robot = _robot_spec(placement.robot, bit)
    frame = spec.worldbody.add_frame(
        pos=(placement.x, placement.y, 0.0), quat=quaternion_wxyz(from_xyz_rpy(0, 0, 0, 0, 0, placement.yaw))
    )
    spec.attach(robot, prefix=f"{placement.name}/", frame=frame)


def _robot_spec(robot: Robot, bit: int) -> mujoco.MjSpec:
    """Return the robot alone: MuJoCo reads the URDF, this adds what a URDF cannot say."""
    root = etree.fromstring(robot.urdf)
    extension = etree.SubElement(root, "mujoco")
    # Links stay apart (their frames carry sensors), visuals stay, and only stated masses count.
    etree.SubElement(
        extension, "compiler", fusestatic="false", discardvisual="false", strippath="false", inertiafromgeom="false"
    )
    try:
        spec = mujoco.MjSpec.from_string(etree.tostring(root, encoding="unicode"))
    except ValueError as error:
        raise RobotError(f"robot '{robot.name}' cannot be read: {error}") from error
    spec.compiler.degree = False
    base = spec.body(robot.root_link)
    base.add_freejoint()
    for geom in spec.geoms:
        link = geom.parent.name
        if geom.contype or geom.conaffinity:
            geom.group = COLLIDES
            geom.contype, geom.conaffinity = bit, ~bit & 0x7FFFFFFF
            if link in robot.friction:
                # DART takes the smaller coefficient of two bodies; priority makes the robot's own count.
                geom.friction[0] = robot.friction[link]
                geom.priority = 1
                geom.condim = 3
        else:
            geom.group = SEEN
    for joint in (*robot.drive.left_joints, *robot.drive.right_joints):
        spec.joint(joint).armature = WHEEL_ARMATURE
        motor = spec.add_actuator(name=joint, target=joint, trntype=mujoco.mjtTrn.mjTRN_JOINT)
        motor.set_to_velocity(kv=SERVO_GAIN)
    for imu in robot.imus:
        pose = imu.sensor.pose
        site = spec.body(imu.sensor.link).add_site(
            name=f"imu {imu.sensor.name}", pos=pose[:3, 3], quat=quaternion_wxyz(pose)
        )
        for kind, name in (
            (mujoco.mjtSensor.mjSENS_GYRO, "gyro"),
            (mujoco.mjtSensor.mjSENS_ACCELEROMETER, "accelerometer"),
        ):
            spec.add_sensor(
                name=f"{name} {imu.sensor.name}", type=kind, objtype=mujoco.mjtObj.mjOBJ_SITE, objname=site.name
            )
    for camera in robot.cameras:
        pose = camera.sensor.pose @ CAMERA_AXES
        fovy = 2.0 * math.atan(math.tan(camera.horizontal_fov / 2.0) * camera.height / camera.width)
        spec.body(camera.sensor.link).add_camera(
            name=f"camera {camera.sensor.name}", pos=pose[:3, 3], quat=quaternion_wxyz(pose), fovy=math.degrees(fovy)
        )
    return spec
