# SPDX-License-Identifier: Apache-2.0
"""What a world file says, as plain values. Poses are (4, 4) matrices; lengths m, angles rad, times s."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Pose = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shape:
    """A primitive centred on its pose.

    `kind` and `size`: box (x, y, z); cylinder and capsule (radius, length along z); sphere (radius,);
    ellipsoid (three radii); plane (x, y), whose pose turns +z into its normal.
    """

    kind: str
    size: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """How a surface looks. `emission` is the share of its own light, in [0, 1]; `texture` a picture file."""

    rgba: tuple[float, float, float, float] = (0.7, 0.7, 0.7, 1.0)
    specular: float = 0.1
    emission: float = 0.0
    texture: Path | None = None


@dataclass(frozen=True, slots=True)
class Visual:
    """Something to be seen, by cameras and lidars; `pose` in its link's frame."""

    name: str
    shape: Shape
    pose: Pose
    material: Material


@dataclass(frozen=True, slots=True)
class Collision:
    """Something to bump into; `pose` in its link's frame."""

    name: str
    shape: Shape
    pose: Pose
    friction: float = 1.0


@dataclass(frozen=True, slots=True)
class Inertial:
    """Mass in kg, centre of mass and principal frame in the link's frame, inertia (xx, yy, zz, xy, xz, yz) in kg m2."""

    mass: float
    pose: Pose
    inertia: tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Link:
    """A rigid body; `pose` in its model's frame."""

    name: str
    pose: Pose
    visuals: tuple[Visual, ...]
    collisions: tuple[Collision, ...]
    inertial: Inertial


@dataclass(frozen=True, slots=True)
class Model:
    """A thing in the world; `pose` in the world's frame."""

    name: str
    pose: Pose
    static: bool
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Light:
    """A lamp: `kind` is directional, point or spot; `direction` in the world's frame."""

    name: str
    kind: str
    position: tuple[float, float, float]
    direction: tuple[float, float, float]
    diffuse: tuple[float, float, float]
    specular: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Waypoint:
    """Where an actor is, `time` seconds after its script has begun."""

    time: float
    pose: Pose


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who walks as a script says."""

    name: str
    links: tuple[Link, ...]
    waypoints: tuple[Waypoint, ...]
    loop: bool = True
    delay_start: float = 0.0
    auto_start: bool = True


@dataclass(frozen=True, slots=True)
class World:
    """A whole world file."""

    name: str
    file: Path
    step: float
    gravity: tuple[float, float, float]
    ambient: tuple[float, float, float]
    background: tuple[float, float, float]
    models: tuple[Model, ...]
    lights: tuple[Light, ...]
    actors: tuple[Actor, ...]
    frames: dict[str, Pose] = field(default_factory=dict)
