# SPDX-License-Identifier: Apache-2.0
"""Robots from URDF or xacro files (wiki.ros.org/urdf/XML) with their `<gazebo>` blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from robot_simulation.errors import DescriptionError
from robot_simulation.gazebo_blocks import GazeboBlocks, read_blocks
from robot_simulation.poses import Pose, from_xyz_rpy
from robot_simulation.scene import Collision, Colour, Inertial, Joint, Link, Material, Shape, ShapeKind, Visual
from robot_simulation.xml_file import Element, parse_numbers, parse_xml, read_xml

_JOINTS = ("fixed", "revolute", "continuous", "prismatic")


@dataclass(frozen=True, eq=False)
class Robot:
    """A robot: links, the joints that make them a tree, and what its blocks state. `root` is the root link."""

    name: str
    root: str
    links: tuple[Link, ...]
    joints: tuple[Joint, ...]
    blocks: GazeboBlocks
    source: str


def read_robot(path: Path, mappings: Mapping[str, str] | None = None) -> Robot:
    """Return the robot of a URDF or xacro file; `mappings` are xacro's arguments."""
    if path.suffix != ".xacro":
        return robot_from(read_xml(path))
    import xacro

    try:
        text = xacro.process_file(str(path), mappings=dict(mappings or {})).toprettyxml(indent=" ")
    except (xacro.XacroException, OSError, ValueError) as error:
        raise DescriptionError(
            f"{path}: xacro cannot expand it: {error}", hint="check the file and its arguments"
        ) from error
    return robot_from(parse_xml(text, f"{path} (expanded)"))


def robot_from_text(text: str, source: str) -> Robot:
    """Return the robot of a URDF text; `source` names it in errors."""
    return robot_from(parse_xml(text, source))


def robot_from(root: Element) -> Robot:
    """Return the robot below a `<robot>` element."""
    if root.tag != "robot":
        raise root.error("a robot description starts with <robot>")
    root.check_children(("link", "joint", "material", "gazebo"), ("transmission", "ros2_control", "mujoco"))
    colours = {m.attribute("name"): _rgba(m) for m in root.all("material")}
    # A colour that is stated once inside a link can be used by name everywhere.
    for material in (m for link in root.all("link") for v in link.all("visual") for m in v.all("material")):
        if material.find("color"):
            colours.setdefault(material.attributes.get("name", ""), _rgba(material))
    elements = {link.attribute("name"): link for link in root.all("link")}
    if not elements:
        raise root.error("has no link")
    joints = tuple(_joint(joint, elements) for joint in root.all("joint"))
    children = [joint.child for joint in joints]
    roots = [name for name in elements if name not in children]
    if len(roots) != 1 or len(set(children)) != len(children):
        twice = ", ".join(sorted({child for child in children if children.count(child) > 1}))
        raise root.error(
            f"the links form no tree: {', '.join(roots) or 'none'} hang on no joint, {twice or 'none'} on several",
            hint="every link but one needs exactly one joint that names it as <child>",
        )
    blocks = read_blocks(root.all("gazebo"), elements, {joint.name: joint.kind for joint in joints})
    links = tuple(_link(element, colours, blocks.friction.get(name, 1.0)) for name, element in elements.items())
    return Robot(root.attributes.get("name", "robot"), roots[0], links, joints, blocks, root.file)


def _numbers(element: Element, name: str, count: int, default: str) -> tuple[float, ...]:
    return parse_numbers(element, element.attributes.get(name, default), count)


def _origin(element: Element) -> Pose:
    origin = element.find("origin")
    if origin is None:
        return np.eye(4)
    return from_xyz_rpy(_numbers(origin, "xyz", 3, "0 0 0") + _numbers(origin, "rpy", 3, "0 0 0"))


def _rgba(material: Element) -> Colour:
    material.check_children(("color",), ("texture",))
    colour = material.find("color")
    if colour is None:
        return Material().diffuse
    r, g, b, a = _numbers(colour, "rgba", 4, "")
    return r, g, b, a


def _shape(geometry: Element) -> Shape:
    geometry.check_children(("box", "cylinder", "sphere", "capsule"))
    if len(geometry.children) != 1:
        raise geometry.error(f"holds {len(geometry.children)} shapes instead of one")
    shape = geometry.children[0]
    kind = ShapeKind(shape.tag)
    if kind is ShapeKind.BOX:
        return Shape(kind, _numbers(shape, "size", 3, ""))
    radius = _numbers(shape, "radius", 1, "")
    return Shape(kind, radius if kind is ShapeKind.SPHERE else radius + _numbers(shape, "length", 1, ""))


def _link(element: Element, colours: Mapping[str, Colour], friction: float) -> Link:
    element.check_children(("inertial", "visual", "collision"), ("sensor", "contact"))
    name = element.attribute("name")
    visuals, collisions = [], []
    for index, visual in enumerate(element.all("visual")):
        visual.check_children(("origin", "geometry", "material"))
        material = visual.find("material")
        colour = Material().diffuse
        if material is not None:
            colour = (
                _rgba(material) if material.find("color") else colours.get(material.attributes.get("name", ""), colour)
            )
        shape = _shape(visual.need("geometry"))
        visuals.append(Visual(f"{name}_visual_{index}", _origin(visual), shape, Material(colour)))
    for index, collision in enumerate(element.all("collision")):
        collision.check_children(("origin", "geometry"), ("verbose",))
        # sdformat's names: LINK_collision, LINK_collision_1, ...
        default = f"{name}_collision" + (f"_{index}" if index else "")
        shape = _shape(collision.need("geometry"))
        collisions.append(Collision(collision.attributes.get("name", default), _origin(collision), shape, friction))
    inertial = element.find("inertial")
    return Link(
        name,
        inertial=_inertial(inertial) if inertial else None,
        visuals=tuple(visuals),
        collisions=tuple(collisions),
    )


def _inertial(element: Element) -> Inertial:
    element.check_children(("origin", "mass", "inertia"))
    mass, inertia = element.need("mass"), element.need("inertia")
    parts = [_numbers(inertia, key, 1, "0")[0] for key in ("ixx", "iyy", "izz", "ixy", "ixz", "iyz")]
    return Inertial(
        _numbers(mass, "value", 1, "")[0],
        _origin(element),
        (parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]),
    )


def _joint(element: Element, links: Mapping[str, Element]) -> Joint:
    element.check_children(
        ("parent", "child", "origin", "axis", "limit", "dynamics"), ("calibration", "safety_controller", "mimic")
    )
    kind = element.attribute("type")
    if kind not in _JOINTS:
        raise element.error(f"joints of type '{kind}' are not simulated", hint=f"use {', '.join(_JOINTS)}")
    ends = [element.need(end).attribute("link") for end in ("parent", "child")]
    for link in ends:
        if link not in links:
            raise element.error(f"names the unknown link '{link}'")
    axis_element, limit, dynamics = element.find("axis"), element.find("limit"), element.find("dynamics")
    x, y, z = _numbers(axis_element, "xyz", 3, "1 0 0") if axis_element else (1.0, 0.0, 0.0)
    joint = Joint(element.attribute("name"), kind, ends[0], ends[1], _origin(element), (x, y, z))
    if limit is not None and kind in ("revolute", "prismatic"):
        lower, upper = _numbers(limit, "lower", 1, "0")[0], _numbers(limit, "upper", 1, "0")[0]
        joint = replace(joint, limits=(lower, upper))
    if dynamics is not None:
        damping, friction = _numbers(dynamics, "damping", 1, "0")[0], _numbers(dynamics, "friction", 1, "0")[0]
        joint = replace(joint, damping=damping, friction=friction)
    return joint
