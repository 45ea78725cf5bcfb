# SPDX-License-Identifier: Apache-2.0
"""The parts of a world file below a model: links, shapes, materials, lights, trajectories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from lxml import etree

from robot_simulation.embedded.poses import Pose, turn_z_to
from robot_simulation.embedded.sdf_elements import Reader
from robot_simulation.embedded.world import Collision, Inertial, Light, Link, Material, Shape, Visual, Waypoint

Vector = tuple[float, float, float]


def three(values: Sequence[float]) -> Vector:
    """Return three numbers as a tuple of three."""
    x, y, z = values
    return x, y, z


def read_link(reader: Reader, element: etree._Element, frames: Mapping[str, Pose]) -> Link:
    """Return a link. `frames` are the model's frames and links, for poses `relative_to` them."""
    children = list(reader.children(element))
    pose = element.find("pose")
    placed = reader.pose(pose)
    relative_to = pose.get("relative_to") if pose is not None else None
    if relative_to and relative_to != "__model__":
        if relative_to not in frames:
            raise reader.error(element, f"is relative to the unknown '{relative_to}'")
        placed = frames[relative_to] @ placed
    visuals = tuple(_visual(reader, child) for child in children if child.tag == "visual")
    collisions = tuple(_collision(reader, child) for child in children if child.tag == "collision")
    return Link(reader.name(element), placed, visuals, collisions, _inertial(reader, element.find("inertial")))


def _inertial(reader: Reader, element: etree._Element | None) -> Inertial:
    if element is None:
        return Inertial(1.0, np.eye(4), (1.0, 1.0, 1.0, 0.0, 0.0, 0.0))  # SDF's defaults
    list(reader.children(element))
    inertia = element.find("inertia")
    values = {"ixx": 1.0, "iyy": 1.0, "izz": 1.0, "ixy": 0.0, "ixz": 0.0, "iyz": 0.0}
    if inertia is not None:
        values = {key: reader.number(inertia, key, default) for key, default in values.items()}
    xx, yy, zz, xy, xz, yz = values.values()
    return Inertial(reader.number(element, "mass", 1.0), reader.pose(element.find("pose")), (xx, yy, zz, xy, xz, yz))


def read_shape(reader: Reader, element: etree._Element) -> tuple[Shape, Pose]:
    """Return the shape inside `<geometry>` and how it is turned in itself (a plane by its normal)."""
    shapes = list(reader.children(element))
    if len(shapes) != 1:
        raise reader.error(element, f"must hold one shape, found {len(shapes)}")
    shape = shapes[0]
    list(reader.children(shape))
    upright = np.eye(4)
    match shape.tag:
        case "box":
            size = reader.numbers(reader.find(shape, "size"), 3)
        case "cylinder" | "capsule":
            size = (reader.positive(shape, "radius"), reader.positive(shape, "length"))
        case "sphere":
            size = (reader.positive(shape, "radius"),)
        case "ellipsoid":
            size = reader.numbers(reader.find(shape, "radii"), 3)
        case _:
            size = reader.numbers(reader.find(shape, "size"), 2)
            normal = shape.find("normal")
            if normal is not None:
                direction = three(reader.numbers(normal, 3))
                if not any(direction):
                    raise reader.error(normal, "must not be zero")
                upright = turn_z_to(direction)
    if min(size) <= 0:
        raise reader.error(shape, f"must have sizes greater than 0, found {size}")
    return Shape(shape.tag, size), upright


def _collision(reader: Reader, element: etree._Element) -> Collision:
    list(reader.children(element))
    shape, upright = read_shape(reader, reader.find(element, "geometry"))
    friction = 1.0
    mu = element.find("surface/friction/ode/mu")
    for parent in ("surface", "surface/friction", "surface/friction/ode"):
        if (found := element.find(parent)) is not None:
            list(reader.children(found))
    if mu is not None:
        friction = reader.numbers(mu, 1)[0]
    return Collision(reader.name(element), shape, reader.pose(element.find("pose")) @ upright, friction)


def _visual(reader: Reader, element: etree._Element) -> Visual:
    list(reader.children(element))
    shape, upright = read_shape(reader, reader.find(element, "geometry"))
    transparency = reader.number(element, "transparency", 0.0)
    material = _material(reader, element.find("material"), transparency)
    return Visual(reader.name(element), shape, reader.pose(element.find("pose")) @ upright, material)


def _material(reader: Reader, element: etree._Element | None, transparency: float) -> Material:
    if element is None:
        return Material(rgba=(0.7, 0.7, 0.7, 1.0 - transparency))
    colours = {child.tag: reader.numbers(child, 4) for child in reader.children(element) if child.tag != "pbr"}
    red, green, blue, alpha = colours.get("diffuse", (0.7, 0.7, 0.7, 1.0))
    texture = None
    pbr = element.find("pbr")
    if pbr is not None:
        for metal in reader.children(pbr):
            for part in reader.children(metal):
                file = reader.resolve(part, (part.text or "").strip())
                if part.tag == "albedo_map":
                    texture = file
    return Material(
        rgba=(red, green, blue, alpha * (1.0 - transparency)),
        specular=float(np.mean(colours.get("specular", (0.1, 0.1, 0.1, 1.0))[:3])),
        emission=float(np.mean(colours.get("emissive", (0.0, 0.0, 0.0, 1.0))[:3])),
        texture=texture,
    )


def read_light(reader: Reader, element: etree._Element) -> Light:
    """Return a lamp."""
    list(reader.children(element))
    kind = element.get("type", "")
    if kind not in ("directional", "point", "spot"):
        raise reader.error(element, f"has the unknown type '{kind}'", hint="directional, point or spot")
    pose = reader.pose(element.find("pose"))

    def vector(tag: str, default: Vector) -> Vector:
        child = element.find(tag)
        return default if child is None else three(reader.numbers(child, 3 if tag == "direction" else 4)[:3])

    direction = pose[:3, :3] @ np.asarray(vector("direction", (0.0, 0.0, -1.0)))
    return Light(
        reader.name(element), kind, three(pose[:3, 3].tolist()), three(direction.tolist()),
        vector("diffuse", (1.0, 1.0, 1.0)), vector("specular", (0.1, 0.1, 0.1)),
    )  # fmt: skip


def actor_waypoints(reader: Reader, script: etree._Element) -> tuple[Waypoint, ...]:
    """Return the waypoints of an actor's trajectory in the order of time."""
    waypoints: list[Waypoint] = []
    for trajectory in script.findall("trajectory"):
        for element in reader.children(trajectory):
            list(reader.children(element))
            time = reader.number(element, "time")
            if waypoints and time <= waypoints[-1].time:
                raise reader.error(element, f"comes at {time} s, not after the one before it")
            waypoints.append(Waypoint(time, reader.pose(element.find("pose"))))
    if not waypoints:
        raise reader.error(script, "has no waypoint")
    return tuple(waypoints)
