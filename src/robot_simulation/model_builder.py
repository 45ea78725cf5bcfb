# SPDX-License-Identifier: Apache-2.0
"""Makes one MuJoCo model of a world, its actors and any number of robots.

Names are `model::link` for the world and `robot/link` for robots. Groups of geoms decide who sees what:
collisions are touched, visuals are seen by cameras and rendering lidars.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import cv2
import mujoco
import numpy as np

from robot_simulation.errors import DescriptionError
from robot_simulation.gazebo_blocks import CameraBlock
from robot_simulation.poses import Pose, from_xyz_rpy, position, quaternion
from robot_simulation.scene import (
    Actor,
    Collision,
    Inertial,
    Joint,
    Light,
    Link,
    Model,
    Shape,
    ShapeKind,
    Visual,
    World,
)
from robot_simulation.urdf_reader import Robot
from ronda_core.se2 import SE2

COLLISION, VISUAL, HIDDEN = 0, 2, 5
"""Groups of geoms: touched; seen; neither seen nor touched for the moment."""
MAX_ROBOTS = 24
SPAWN_HEIGHT = 0.01
_WORLD_BIT = 1
_MAX_LIGHTS = 7
_KV = 100.0
"""Gain of the wheels' speed, Nm per rad/s: close to Gazebo's joints, which follow their command exactly."""
_KV_SERVO = 300.0
"""Gain of controlled joints of the world, Nm per rad/s."""
_CONTACT_S = 0.01
"""Time constant of contacts: soft enough that a robot without ramps slides about as far as under DART."""
_ARMATURE, _ARMATURE_SHARE = 0.15, 0.5
"""Rotor inertia (kg m2) that keeps the gain stable: a constant, and a share of gain times step. Without it the contact
solver sees a far lighter wheel than the integrator does and lets it slide while the speed changes."""


@dataclass(frozen=True, eq=False)
class Spawn:
    """A robot and where it starts; `name` prefixes its names and must be unique."""

    robot: Robot
    name: str
    pose: SE2 = field(default_factory=SE2)


def build(world: World, spawns: Sequence[Spawn]) -> mujoco.MjModel:
    """Return the compiled model. Raises DescriptionError when MuJoCo refuses it."""
    return _Builder(world, spawns).compile()


class _Builder:
    def __init__(self, world: World, spawns: Sequence[Spawn]) -> None:
        if len(spawns) > MAX_ROBOTS or len({spawn.name for spawn in spawns}) < len(spawns):
            raise DescriptionError(
                f"up to {MAX_ROBOTS} robots with names of their own, found {[s.name for s in spawns]}"
            )
        self._spec = mujoco.MjSpec()
        self._world = world
        self._materials: dict[object, str] = {}
        self._options(spawns)
        for light in self._chosen_lights():
            self._light(light)
        for model in world.models:
            self._model(model)
        for actor in world.actors:
            self._actor(actor)
        for index, spawn in enumerate(spawns):
            self._robot(spawn, 2 << index)

    def compile(self) -> mujoco.MjModel:
        try:
            return self._spec.compile()
        except ValueError as error:
            raise DescriptionError(
                f"the physics engine refuses world '{self._world.name}': {error}",
                hint="check masses, inertias and sizes of the part that it names",
            ) from error

    def _options(self, spawns: Sequence[Spawn]) -> None:
        spec, step = self._spec, self._world.step
        spec.option.timestep = step
        spec.option.gravity = self._world.gravity
        spec.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
        spec.option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
        spec.option.impratio = 10.0
        spec.compiler.degree = False
        spec.compiler.balanceinertia = True
        cameras = [camera for spawn in spawns for camera in spawn.robot.blocks.cameras]
        cameras += [camera.block for model in self._world.models for camera in model.cameras]
        spec.visual.quality.shadowsize = 0
        spec.visual.quality.offsamples = 0
        spec.visual.global_.offwidth = max([camera.width for camera in cameras], default=640)
        spec.visual.global_.offheight = max([camera.height for camera in cameras], default=480)
        spec.stat.extent = 1.0
        spec.stat.center = [0.0, 0.0, 0.0]
        spec.visual.map.znear = min([camera.near for camera in cameras], default=0.05)
        spec.visual.map.zfar = max([camera.far for camera in cameras], default=50.0)
        spec.visual.headlight.ambient = self._world.ambient
        spec.visual.headlight.diffuse = [0.0, 0.0, 0.0]
        spec.visual.headlight.specular = [0.0, 0.0, 0.0]
        sky = [_to_srgb(part) for part in self._world.background]
        texture = spec.add_texture(name="sky", type=mujoco.mjtTexture.mjTEXTURE_SKYBOX, width=16, height=96)
        texture.builtin = mujoco.mjtBuiltin.mjBUILTIN_FLAT
        texture.rgb1, texture.rgb2 = sky, sky

    def _chosen_lights(self) -> tuple[Light, ...]:
        if len(self._world.lights) > _MAX_LIGHTS:
            raise DescriptionError(
                f"world '{self._world.name}' has {len(self._world.lights)} lights, {_MAX_LIGHTS} can be drawn",
                hint="merge lamps, or raise the scene's ambient light",
            )
        return self._world.lights

    def _light(self, light: Light) -> None:
        kinds = {
            "directional": mujoco.mjtLightType.mjLIGHT_DIRECTIONAL,
            "point": mujoco.mjtLightType.mjLIGHT_POINT,
            "spot": mujoco.mjtLightType.mjLIGHT_SPOT,
        }
        self._spec.worldbody.add_light(
            name=light.name,
            type=kinds[light.kind],
            pos=position(light.pose),
            dir=light.direction,
            diffuse=light.diffuse,
            specular=light.specular,
            attenuation=light.attenuation,
            castshadow=False,
        )

    def _model(self, model: Model) -> None:
        for camera in model.cameras:
            self._camera(self._spec.worldbody, camera.name, camera.block, model.pose @ camera.pose)
        links = {link.name: link for link in model.links}
        if model.static:
            for link in model.links:
                self._shapes(self._spec.worldbody, link, model.name, model.pose @ link.pose)
            return
        if model.velocity_topic:
            # A tonne that obeys its command: nothing in the world could change its way.
            moved = self._body(self._spec.worldbody, model.name, model.pose)
            moved.mocap = True
            for link in model.links:
                self._shapes(moved, link, model.name, link.pose)
            return
        by_child = {joint.child: joint for joint in model.joints}
        by_name = {joint.name: joint for joint in model.joints}
        bodies: dict[str, mujoco.MjsBody] = {"world": self._spec.worldbody}

        def add(name: str) -> mujoco.MjsBody:
            if name in bodies:
                return bodies[name]
            link, joint = links[name], by_child.get(name)
            if joint is None:
                body = self._body(self._spec.worldbody, f"{model.name}::{name}", model.pose @ link.pose)
                body.add_freejoint()
            else:
                parent = add(joint.parent)
                # The joint's frame need not be the link's: the link hangs where the file puts it.
                above = np.linalg.inv(model.pose) if joint.parent == "world" else links[joint.parent].pose
                body = self._body(parent, f"{model.name}::{name}", np.linalg.inv(above) @ link.pose)
                at_joint = np.linalg.inv(np.linalg.inv(above) @ link.pose) @ joint.pose
                self._joint(body, joint, f"{model.name}::{joint.name}", at_joint)
            bodies[name] = body
            self._inertia(body, link.inertial or Inertial(1.0, np.eye(4), (1.0, 1.0, 1.0, 0.0, 0.0, 0.0)))
            self._shapes(body, link, model.name, np.eye(4))
            return body

        for name in links:
            add(name)
        for control in model.controls:
            self._servo(f"{model.name}::{control.joint}", by_name[control.joint], bodies[by_name[control.joint].child])

    def _servo(self, name: str, joint: Joint, body: mujoco.MjsBody) -> None:
        """A joint that follows a speed, as strong as its effort allows; a spring or counterweight carries the load."""
        body.gravcomp = 1.0
        self._spec.joint(name).armature = _ARMATURE_SHARE * _KV_SERVO * self._world.step
        actuator = self._spec.add_actuator(name=name, target=name)
        actuator.trntype = mujoco.mjtTrn.mjTRN_JOINT
        actuator.set_to_velocity(kv=_KV_SERVO)
        if joint.effort < math.inf:
            actuator.forcelimited = mujoco.mjtLimited.mjLIMITED_TRUE
            actuator.forcerange = [-joint.effort, joint.effort]

    def _actor(self, actor: Actor) -> None:
        body = self._spec.worldbody.add_body(name=actor.name, mocap=True)
        for link in actor.links:
            self._shapes(body, link, actor.name, link.pose)

    def _robot(self, spawn: Spawn, bit: int) -> None:
        robot, prefix = spawn.robot, f"{spawn.name}/"
        links = {link.name: link for link in robot.links}
        start = from_xyz_rpy((spawn.pose.x, spawn.pose.y, 0.0, 0.0, 0.0, spawn.pose.yaw))
        start[2, 3] = SPAWN_HEIGHT
        bodies = {robot.root: self._body(self._spec.worldbody, prefix + robot.root, start)}
        bodies[robot.root].add_freejoint()
        waiting = list(robot.joints)
        while waiting:
            joint = next(joint for joint in waiting if joint.parent in bodies)
            waiting.remove(joint)
            bodies[joint.child] = body = self._body(bodies[joint.parent], prefix + joint.child, joint.pose)
            if joint.kind != "fixed":
                self._joint(body, joint, prefix + joint.name, np.eye(4))
        drive = robot.blocks.drive
        driven = (*drive.left_joints, *drive.right_joints) if drive else ()
        wheels = {joint.child for joint in robot.joints if joint.name in driven}
        for name, body in bodies.items():
            inertial = links[name].inertial
            if inertial is not None:
                self._inertia(body, inertial)
            link = _crowned(links[name], robot) if name in wheels else links[name]
            self._shapes(body, link, prefix.rstrip("/"), np.eye(4), bit)
        self._sensors(spawn, bodies)

    def _sensors(self, spawn: Spawn, bodies: dict[str, mujoco.MjsBody]) -> None:
        blocks, prefix = spawn.robot.blocks, f"{spawn.name}/"
        if blocks.drive is not None:
            for name in (*blocks.drive.left_joints, *blocks.drive.right_joints):
                self._spec.joint(prefix + name).armature = _ARMATURE + _ARMATURE_SHARE * _KV * self._world.step
                actuator = self._spec.add_actuator(name=prefix + name, target=prefix + name)
                actuator.trntype = mujoco.mjtTrn.mjTRN_JOINT
                actuator.set_to_velocity(kv=_KV)
        for index, camera in enumerate(blocks.cameras):
            self._camera(bodies[camera.link], f"{prefix}camera{index}", camera, np.eye(4))
        for index, imu in enumerate(blocks.imus):
            site = f"{prefix}imu{index}"
            bodies[imu.link].add_site(name=site)
            for kind, name in ((mujoco.mjtSensor.mjSENS_GYRO, "gyro"), (mujoco.mjtSensor.mjSENS_ACCELEROMETER, "acc")):
                self._spec.add_sensor(name=f"{site}_{name}", type=kind, objtype=mujoco.mjtObj.mjOBJ_SITE, objname=site)

    def _camera(self, body: mujoco.MjsBody, name: str, block: CameraBlock, pose: Pose) -> None:
        focal = block.width / 2 / math.tan(block.hfov / 2)
        made = body.add_camera(name=name, pos=position(pose))
        made.fovy = math.degrees(2 * math.atan(block.height / 2 / focal))
        # MuJoCo's cameras look along -z with y up; Gazebo's along the link's x with z up.
        turn = pose.copy()
        turn[:3, :3] = pose[:3, :3] @ np.array([[0, 0, -1], [-1, 0, 0], [0, 1, 0]], np.float64)
        made.quat = quaternion(turn)

    def _body(self, parent: mujoco.MjsBody, name: str, pose: Pose) -> mujoco.MjsBody:
        return parent.add_body(name=name, pos=position(pose), quat=quaternion(pose))

    def _inertia(self, body: mujoco.MjsBody, inertial: Inertial) -> None:
        ixx, iyy, izz, ixy, ixz, iyz = inertial.inertia
        body.explicitinertial = True
        body.mass = inertial.mass
        body.ipos = position(inertial.pose)
        # MuJoCo takes the full tensor only in the body's axes.
        turn = inertial.pose[:3, :3]
        full = turn @ np.array([[ixx, ixy, ixz], [ixy, iyy, iyz], [ixz, iyz, izz]]) @ turn.T
        body.fullinertia = [full[0, 0], full[1, 1], full[2, 2], full[0, 1], full[0, 2], full[1, 2]]

    def _joint(self, body: mujoco.MjsBody, joint: Joint, name: str, pose: Pose) -> None:
        if joint.kind == "fixed":
            return
        slide = joint.kind == "prismatic"
        made = body.add_joint(
            name=name,
            type=mujoco.mjtJoint.mjJNT_SLIDE if slide else mujoco.mjtJoint.mjJNT_HINGE,
            pos=position(pose),
            axis=[float(part) for part in pose[:3, :3] @ np.asarray(joint.axis)],
            frictionloss=joint.friction,
        )
        made.damping[0] = joint.damping
        if joint.limits is not None:
            made.limited = mujoco.mjtLimited.mjLIMITED_TRUE
            made.range = joint.limits

    def _shapes(self, body: mujoco.MjsBody, link: Link, owner: str, pose: Pose, bit: int = 0) -> None:
        for collision in link.collisions:
            self._collision(body, collision, f"{owner}::{link.name}::{collision.name}", pose, bit)
        for visual in link.visuals:
            self._visual(body, visual, f"{owner}::{link.name}::{visual.name}#visual", pose)

    def _collision(self, body: mujoco.MjsBody, collision: Collision, name: str, pose: Pose, bit: int) -> None:
        geom = self._geom(body, collision.shape, name, pose @ collision.pose)
        geom.group = COLLISION
        # Robots do not touch themselves, but everything else, other robots included.
        geom.contype = bit or _WORLD_BIT
        geom.conaffinity = (2**30 - 1) & ~bit if bit else _WORLD_BIT
        geom.condim = 3
        geom.friction = [collision.friction, 0.0, 0.0]
        # The smaller coefficient of the two decides, as in Gazebo: who slides more has the higher priority.
        geom.priority = round(1000 * (10 - min(collision.friction, 10.0)))
        geom.solref = [max(_CONTACT_S, 2.5 * self._world.step), 1.0]
        geom.mass = 0.0

    def _visual(self, body: mujoco.MjsBody, visual: Visual, name: str, pose: Pose) -> None:
        geom = self._geom(body, visual.shape, name, pose @ visual.pose)
        geom.group = VISUAL
        geom.contype = geom.conaffinity = 0
        geom.mass = 0.0
        geom.material = self._material(visual)

    def _geom(self, body: mujoco.MjsBody, shape: Shape, name: str, pose: Pose) -> mujoco.MjsGeom:
        kinds = {
            ShapeKind.BOX: mujoco.mjtGeom.mjGEOM_BOX,
            ShapeKind.CYLINDER: mujoco.mjtGeom.mjGEOM_CYLINDER,
            ShapeKind.SPHERE: mujoco.mjtGeom.mjGEOM_SPHERE,
            ShapeKind.CAPSULE: mujoco.mjtGeom.mjGEOM_CAPSULE,
            ShapeKind.ELLIPSOID: mujoco.mjtGeom.mjGEOM_ELLIPSOID,
            ShapeKind.PLANE: mujoco.mjtGeom.mjGEOM_PLANE,
        }
        size = [0.0, 0.0, 0.0]
        if shape.kind is ShapeKind.SPHERE:
            size[0] = shape.size[0]
        elif shape.kind in (ShapeKind.CYLINDER, ShapeKind.CAPSULE):
            size[:2] = [shape.size[0], shape.size[1] / 2]
        elif shape.kind is ShapeKind.ELLIPSOID:
            size = list(shape.size)
        elif shape.kind is ShapeKind.PLANE:
            size = [shape.size[0] / 2, shape.size[1] / 2, max(shape.size) / 2]
        else:
            size = [part / 2 for part in shape.size]
        return body.add_geom(name=name, type=kinds[shape.kind], size=size, pos=position(pose), quat=quaternion(pose))

    def _material(self, visual: Visual) -> str:
        material = visual.material
        key = (material, visual.transparency)
        if key in self._materials:
            return self._materials[key]
        name = f"material{len(self._materials)}"
        rgba = [*material.diffuse[:3], material.diffuse[3] * (1.0 - visual.transparency)]
        made = self._spec.add_material(name=name, rgba=rgba, emission=material.emission)
        made.specular, made.shininess, made.reflectance = material.specular, 0.1, 0.0
        if material.texture is not None:
            made.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = self._texture(visual, f"texture{len(self._materials)}")
            made.texuniform = False
        self._materials[key] = name
        return name

    def _texture(self, visual: Visual, name: str) -> str:
        picture = cv2.imread(str(visual.material.texture), cv2.IMREAD_COLOR)
        if picture is None:
            raise DescriptionError(f"{visual.material.texture}: is no picture that can be read")
        rows = np.ascontiguousarray(picture[:, :, ::-1])
        height, width = rows.shape[:2]
        made = self._spec.add_texture(name=name, type=mujoco.mjtTexture.mjTEXTURE_2D, width=width, height=height)
        made.nchannel = 3
        made.data = rows.tobytes()
        return name


def _crowned(link: Link, robot: Robot) -> Link:
    """Return a drive wheel whose cylinders about the axle touch the floor at their middle, as a crowned tyre does.

    Two edge contacts of a rigid cylinder make the turn depend on which edge slides: Gazebo turns 6 % too far, MuJoCo
    10 % too short. Radius and width stay as they are.
    """
    axis = next(np.asarray(joint.axis) for joint in robot.joints if joint.child == link.name)
    axis = axis / np.linalg.norm(axis)

    def crown(collision: Collision) -> Collision:
        shape = collision.shape
        if shape.kind is not ShapeKind.CYLINDER or abs(float(collision.pose[:3, 2] @ axis)) < 0.99:
            return collision
        radius, length = shape.size
        return replace(collision, shape=Shape(ShapeKind.ELLIPSOID, (radius, radius, length / 2)))

    return replace(link, collisions=tuple(crown(collision) for collision in link.collisions))


def _to_srgb(part: float) -> float:
    """Return a linear intensity as a display shows it (IEC 61966-2-1), as Gazebo's renderer writes its pictures."""
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055
