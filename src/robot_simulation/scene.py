# SPDX-License-Identifier: Apache-2.0
"""What a world or a robot consists of, whichever file format it came from. Lengths m, masses kg, angles rad."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

import numpy as np

from robot_simulation.gazebo_blocks import CameraBlock
from robot_simulation.poses import Pose

Colour = tuple[float, float, float, float]


class ShapeKind(Enum):
    """The shapes that are understood."""

    BOX = "box"
    CYLINDER = "cylinder"
    SPHERE = "sphere"
    CAPSULE = "capsule"
    ELLIPSOID = "ellipsoid"
    PLANE = "plane"


@dataclass(frozen=True)
class Shape:
    """A shape about its own centre.

    size: box x y z; cylinder and capsule radius, length along z; sphere radius; ellipsoid radii; plane x y, normal z.
    """

    kind: ShapeKind
    size: tuple[float, ...]


@dataclass(frozen=True)
class Material:
    """How a surface looks: colours from 0 to 1, `texture` over the whole shape."""

    diffuse: Colour = (0.7, 0.7, 0.7, 1.0)
    emission: float = 0.0
    specular: float = 0.0
    texture: Path | None = None


@dataclass(frozen=True, eq=False)
class Visual:
    """What cameras see; `pose` is in the link, `transparency` 0 (solid) to 1."""

    name: str
    pose: Pose
    shape: Shape
    material: Material
    transparency: float = 0.0


@dataclass(frozen=True, eq=False)
class Collision:
    """What bodies touch; `pose` is in the link, `friction` the Coulomb coefficient."""

    name: str
    pose: Pose
    shape: Shape
    friction: float = 1.0


@dataclass(frozen=True, eq=False)
class Inertial:
    """Mass, centre of mass and inertia (ixx, iyy, izz, ixy, ixz, iyz; kg m2) in the frame `pose` of the link."""

    mass: float
    pose: Pose
    inertia: tuple[float, float, float, float, float, float]


@dataclass(frozen=True, eq=False)
class Link:
    """One rigid body; `pose` is in the model (worlds) or unused (robots, where joints place the links)."""

    name: str
    pose: Pose = field(default_factory=lambda: np.eye(4))
    inertial: Inertial | None = None
    visuals: tuple[Visual, ...] = ()
    collisions: tuple[Collision, ...] = ()


@dataclass(frozen=True, eq=False)
class Joint:
    """A connection; `pose` is the joint's frame in the parent link, `axis` in that frame.

    kind: fixed, revolute, continuous or prismatic; limits in rad or m, None without; effort in Nm or N.
    """

    name: str
    kind: str
    parent: str
    child: str
    pose: Pose
    axis: tuple[float, float, float] = (0.0, 0.0, 1.0)
    limits: tuple[float, float] | None = None
    damping: float = 0.0
    friction: float = 0.0
    effort: float = math.inf


@dataclass(frozen=True)
class JointControl:
    """Gazebo's JointPositionController: positions asked for on `topic`, approached at `max_speed` (rad/s or m/s)."""

    joint: str
    topic: str
    max_speed: float


@dataclass(frozen=True, eq=False)
class WorldCamera:
    """A camera that belongs to the world; `pose` is in its model, `block.link` the link that it sits on."""

    name: str
    pose: Pose
    block: CameraBlock
    topic: str
    info_topic: str


@dataclass(frozen=True, eq=False)
class Model:
    """Links that belong together; `pose` is in the world.

    `velocity_topic`: Gazebo's VelocityControl moves the model as asked for there; empty: nothing does.
    `states_topic`: where JointStatePublisher tells the joints' positions; empty: nowhere.
    """

    name: str
    pose: Pose
    static: bool
    links: tuple[Link, ...]
    joints: tuple[Joint, ...] = ()
    controls: tuple[JointControl, ...] = ()
    cameras: tuple[WorldCamera, ...] = ()
    velocity_topic: str = ""
    states_topic: str = ""


@dataclass(frozen=True)
class Waypoint:
    """Where an actor is `time` seconds after its start: x y z roll pitch yaw."""

    time: float
    pose: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Actor:
    """A figure that follows its script whatever is in its way."""

    name: str
    waypoints: tuple[Waypoint, ...]
    loop: bool
    delay: float
    links: tuple[Link, ...]
    pose: Pose = field(default_factory=lambda: np.eye(4))


@dataclass(frozen=True, eq=False)
class Light:
    """A lamp: kind directional, point or spot; `direction` in the world."""

    name: str
    kind: str
    pose: Pose
    diffuse: tuple[float, ...]
    specular: tuple[float, ...]
    direction: tuple[float, ...]
    attenuation: tuple[float, float, float] = (1.0, 0.0, 0.0)


@dataclass(frozen=True, eq=False)
class World:
    """A whole world. `step` is the physics step in seconds, `gravity` in m/s2."""

    name: str
    step: float
    gravity: tuple[float, ...]
    ambient: tuple[float, ...]
    background: tuple[float, ...]
    models: tuple[Model, ...]
    actors: tuple[Actor, ...]
    lights: tuple[Light, ...]
