# SPDX-License-Identifier: Apache-2.0
"""Writes the part of SDF 1.9 that Ronda's worlds are made of: boxes, cylinders, pictures on planes, static models.

A *picture* is a `<plane>` with normal 0 0 1 whose pose turns it: seen from its +z side, image right is +x and image top
is +y. Gazebo's own plane carries its texture that way round, so a picture is never mirrored there; boxes differ from
simulator to simulator and never carry pictures.
"""

import math
from dataclasses import dataclass
from typing import TypeAlias
from xml.etree import ElementTree as ET

Pose: TypeAlias = tuple[float, float, float, float, float, float]
"""x, y, z in metres, then roll, pitch, yaw in radians (fixed axes), as SDF writes poses."""
Rgb: TypeAlias = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Material:
    """What a surface looks like: colour 0..1, an optional texture (path from the world file), a share of own light
    that makes a picture independent of the lamps, and how much shines through (1: invisible)."""

    rgb: Rgb = (1.0, 1.0, 1.0)
    texture: str | None = None
    glow: float = 0.0
    transparency: float = 0.0


def upright(x: float, y: float, z: float, yaw: float) -> Pose:
    """Pose of a picture that stands upright at x, y, z and looks towards `yaw` (radians)."""
    return (x, y, z, math.pi / 2, 0.0, yaw + math.pi / 2)


def numbers(*values: float) -> str:
    """Numbers as SDF text, at most five decimals, without trailing zeros or a negative zero."""
    return " ".join(f"{round(value, 5) + 0.0:.5f}".rstrip("0").rstrip(".") for value in values)


def child(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    """Append an element to `parent` and return it."""
    element = ET.SubElement(parent, tag, attributes)
    element.text = text
    return element


def static_model(parent: ET.Element, name: str, pose: Pose = (0, 0, 0, 0, 0, 0)) -> ET.Element:
    """Append a static model with one link; returns the link, to which shapes are added."""
    model = child(parent, "model", name=name)
    child(model, "static", "true")
    if any(pose):
        child(model, "pose", numbers(*pose))
    return child(model, "link", name="link")


def add_box(
    link: ET.Element,
    name: str,
    size: tuple[float, float, float],
    pose: Pose,
    material: Material,
    *,
    solid: bool = True,
) -> None:
    """Append a box (size in metres, pose of its centre); `solid` adds the equal collision shape."""
    geometry = ET.Element("geometry")
    child(child(geometry, "box"), "size", numbers(*size))
    _add_shape(link, name, geometry, pose, material, solid)


def add_cylinder(
    link: ET.Element, name: str, radius: float, length: float, pose: Pose, material: Material, *, solid: bool = True
) -> None:
    """Append a cylinder along its own z (metres, pose of its centre); `solid` adds the equal collision shape."""
    geometry = ET.Element("geometry")
    cylinder = child(geometry, "cylinder")
    child(cylinder, "radius", numbers(radius))
    child(cylinder, "length", numbers(length))
    _add_shape(link, name, geometry, pose, material, solid)


def add_picture(link: ET.Element, name: str, width: float, height: float, pose: Pose, material: Material) -> None:
    """Append a picture (metres) without collision; seen from its +z side, image right is +x and image top is +y."""
    _add_shape(link, name, plane(width, height), pose, material, solid=False)


def plane(width: float, height: float) -> ET.Element:
    """The geometry of a plane in its own x and y."""
    geometry = ET.Element("geometry")
    element = child(geometry, "plane")
    child(element, "normal", "0 0 1")
    child(element, "size", numbers(width, height))
    return geometry


def to_text(root: ET.Element, comment: str) -> str:
    """The document as indented text with `comment` below the XML declaration."""
    ET.indent(root, space="  ")
    body = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0"?>\n<!-- {comment} -->\n{body}\n'


def _add_shape(link: ET.Element, name: str, geometry: ET.Element, pose: Pose, material: Material, solid: bool) -> None:
    if solid:
        collision = child(link, "collision", name=f"{name}_collision")
        child(collision, "pose", numbers(*pose))
        collision.append(geometry)
    visual = child(link, "visual", name=name)
    child(visual, "pose", numbers(*pose))
    visual.append(geometry)
    if material.transparency:
        child(visual, "transparency", numbers(material.transparency))
    element = child(visual, "material")
    colour = numbers(*material.rgb, 1.0)
    child(element, "ambient", colour)
    child(element, "diffuse", colour)
    child(element, "specular", "0.1 0.1 0.1 1")
    if material.glow:
        child(element, "emissive", numbers(material.glow, material.glow, material.glow, 1.0))
    if material.texture:
        metal = child(child(element, "pbr"), "metal")
        child(metal, "albedo_map", material.texture)
        if material.glow:
            child(metal, "emissive_map", material.texture)
        child(metal, "roughness", "0.9")
        child(metal, "metalness", "0")
