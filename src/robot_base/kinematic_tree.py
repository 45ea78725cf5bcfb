# SPDX-License-Identifier: Apache-2.0
"""The frames of a robot description (URDF) and where they are for given joint positions."""

import math
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import dataclass

from transforms3d.euler import euler2quat
from transforms3d.quaternions import axangle2quat, qmult, rotate_vector

from robot_base.errors import DescriptionError

_MOVING = ("revolute", "continuous", "prismatic")
_TREE = "every link but one needs exactly one joint that names it as <child>"

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class FrameTransform:
    """Pose of `child` in `parent`: metres and a quaternion (x, y, z, w)."""

    parent: str
    child: str
    translation: Vector
    rotation: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Joint:
    """A joint as URDF has it: origin of the child in the parent (metres, fixed-axis roll-pitch-yaw), unit axis."""

    name: str
    kind: str
    parent: str
    child: str
    xyz: Vector
    rpy: Vector
    axis: Vector

    def at(self, position: float, prefix: str = "") -> FrameTransform:
        """Pose of the child for a position in radians (prismatic: metres)."""
        turn = euler2quat(*self.rpy, axes="sxyz")
        x, y, z = self.xyz
        if self.kind == "prismatic":
            dx, dy, dz = rotate_vector([position * part for part in self.axis], turn)
            x, y, z = x + dx, y + dy, z + dz
        elif self.kind != "fixed":
            turn = qmult(turn, axangle2quat(self.axis, position, is_normalized=True))
        w, i, j, k = (float(part) for part in turn)
        return FrameTransform(prefix + self.parent, prefix + self.child, (x, y, z), (i, j, k, w))


class KinematicTree:
    """All joints of one description, split into those that never move and those that do."""

    def __init__(self, urdf: str) -> None:
        """Read a URDF text. Raises DescriptionError saying which element is wrong."""
        try:
            root = ElementTree.fromstring(urdf)
        except ElementTree.ParseError as error:
            raise DescriptionError(
                f"the robot description is not XML: {error}", hint="is it the xacro file before it was processed?"
            ) from error
        if root.tag != "robot":
            raise DescriptionError(f"the robot description starts with <{root.tag}>, not with <robot>")
        links = {link.get("name", "") for link in root.findall("link")}
        joints = [_joint(element, links) for element in root.findall("joint")]
        _check_tree(joints, links)
        self.fixed = [joint for joint in joints if joint.kind == "fixed"]
        self.moving = {joint.name: joint for joint in joints if joint.kind != "fixed"}

    def fixed_transforms(self, prefix: str = "") -> list[FrameTransform]:
        """Poses of all frames behind fixed joints; `prefix` goes before each frame's name."""
        return [joint.at(0.0, prefix) for joint in self.fixed]

    def moving_transforms(self, positions: Mapping[str, float], prefix: str = "") -> list[FrameTransform]:
        """Poses of the frames behind the joints named in `positions`; unknown names are left out."""
        return [
            self.moving[name].at(position, prefix)
            for name, position in positions.items()
            if name in self.moving and math.isfinite(position)
        ]


def _joint(element: ElementTree.Element, links: set[str]) -> Joint:
    name, kind = element.get("name", ""), element.get("type", "")
    where = f"joint '{name}' of the robot description"
    if kind not in (*_MOVING, "fixed"):
        raise DescriptionError(f"{where} has the type '{kind}'", hint=f"known types: fixed, {', '.join(_MOVING)}")
    ends = []
    for tag in ("parent", "child"):
        part = element.find(tag)
        link = "" if part is None else part.get("link", "")
        if link not in links:
            raise DescriptionError(f"{where} has the {tag} '{link}', which is no link")
        ends.append(link)
    origin, axis = element.find("origin"), element.find("axis")
    xyz = _vector(None if origin is None else origin.get("xyz"), (0.0, 0.0, 0.0), where)
    rpy = _vector(None if origin is None else origin.get("rpy"), (0.0, 0.0, 0.0), where)
    direction = _vector(None if axis is None else axis.get("xyz"), (1.0, 0.0, 0.0), where)
    length = math.hypot(*direction)
    if length == 0:
        raise DescriptionError(f"{where} has an axis without a direction")
    unit = (direction[0] / length, direction[1] / length, direction[2] / length)
    return Joint(name, kind, ends[0], ends[1], xyz, rpy, unit)


def _vector(text: str | None, default: Vector, where: str) -> Vector:
    if text is None:
        return default
    try:
        x, y, z = (float(part) for part in text.split())
    except ValueError as error:
        raise DescriptionError(f"{where}: '{text}' is not three numbers") from error
    return x, y, z


def _check_tree(joints: list[Joint], links: set[str]) -> None:
    children = [joint.child for joint in joints]
    for child in children:
        if children.count(child) > 1:
            raise DescriptionError(f"link '{child}' of the robot description hangs on two joints", hint=_TREE)
    roots = links - set(children)
    if len(roots) != 1:
        found = ", ".join(sorted(roots)) or "none"
        raise DescriptionError(f"the robot description must have one root link, found: {found}", hint=_TREE)
