# SPDX-License-Identifier: Apache-2.0
"""SDF geometry, materials, collisions, visuals and links (sdformat.org, version 1.9)."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from robot_simulation.poses import Pose, from_xyz_rpy, z_axis_to
from robot_simulation.scene import Collision, Inertial, Link, Material, Shape, ShapeKind, Visual
from robot_simulation.xml_file import Element

PoseOf = Callable[[Element], Pose]

LINK_IGNORED = ("sensor", "gravity", "self_collide", "kinematic", "velocity_decay", "enable_wind", "must_be_base_link")
VISUAL_IGNORED = ("cast_shadows", "laser_retro", "visibility_flags", "plugin", "meta")
COLLISION_IGNORED = ("max_contacts", "laser_retro")
MATERIAL_IGNORED = ("script", "shader", "lighting", "double_sided", "render_order", "shininess")
METAL_KNOWN = ("albedo_map",)
METAL_IGNORED = (
    "roughness", "metalness", "emissive_map", "normal_map", "roughness_map", "metalness_map", "ambient_occlusion_map",
    "environment_map", "light_map",
)  # fmt: skip


def find_file(element: Element, uri: str) -> Path:
    """Return the file that a URI means: absolute, beside the description, or `model://` on the resource paths.

    Resource paths are GZ_SIM_RESOURCE_PATH and SDF_PATH, as Gazebo reads them.
    """
    here = Path(element.file).resolve().parent
    name = uri.removeprefix("file://")
    folders = [here]
    if name.startswith("model://"):
        name = name.removeprefix("model://")
        folders += [here / "models", here.parent]
    for variable in ("GZ_SIM_RESOURCE_PATH", "SDF_PATH"):
        folders += [Path(part) for part in os.environ.get(variable, "").split(os.pathsep) if part]
    for folder in folders:
        if (folder / name).exists():
            return folder / name
    raise element.error(
        f"'{uri}' is not found in {', '.join(map(str, folders))}",
        hint="paths are relative to the file; add folders of models to GZ_SIM_RESOURCE_PATH",
    )


def read_shape(geometry: Element) -> tuple[Shape, Pose]:
    """Return a shape and its own rotation (planes look along their normal)."""
    known = [kind.value for kind in ShapeKind]
    geometry.check_children(known)
    if len(geometry.children) != 1:
        raise geometry.error(f"holds {len(geometry.children)} shapes instead of one")
    shape = geometry.children[0]
    kind = ShapeKind(shape.tag)
    turn = from_xyz_rpy((0.0,) * 6)
    if kind is ShapeKind.BOX:
        shape.check_children(("size",))
        size = shape.need("size").numbers(3)
    elif kind is ShapeKind.SPHERE:
        shape.check_children(("radius",))
        size = shape.need("radius").numbers(1)
    elif kind is ShapeKind.ELLIPSOID:
        shape.check_children(("radii",))
        size = shape.need("radii").numbers(3)
    elif kind is ShapeKind.PLANE:
        shape.check_children(("size", "normal"))
        normal = shape.find("normal")
        turn = z_axis_to(normal.numbers(3) if normal else (0.0, 0.0, 1.0))
        extent = shape.find("size")
        size = extent.numbers(2) if extent else (1.0, 1.0)
    else:
        shape.check_children(("radius", "length"))
        size = (shape.need("radius").numbers(1)[0], shape.need("length").numbers(1)[0])
    if any(part <= 0.0 for part in size):
        raise shape.error(f"sizes must be positive, found {size}")
    return Shape(kind, size), turn


def _colour(element: Element | None, default: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    if element is None:
        return default
    count = len(element.text.split())
    if count not in (3, 4):
        raise element.error("a colour has 3 or 4 numbers")
    numbers = element.numbers(count)
    return numbers[0], numbers[1], numbers[2], numbers[3] if count == 4 else 1.0


def read_material(element: Element | None) -> Material:
    """Return a material; without `<material>` the default grey."""
    if element is None:
        return Material()
    element.check_children(("ambient", "diffuse", "specular", "emissive", "pbr"), MATERIAL_IGNORED)
    texture = None
    pbr = element.find("pbr")
    if pbr is not None:
        pbr.check_children(("metal",), ("specular",))
        metal = pbr.find("metal")
        if metal is not None:
            metal.check_children(METAL_KNOWN, METAL_IGNORED)
            albedo = metal.find("albedo_map")
            texture = find_file(albedo, albedo.text.strip()) if albedo is not None else None
    default = (1.0, 1.0, 1.0, 1.0) if texture else Material().diffuse
    emissive = _colour(element.find("emissive"), (0.0, 0.0, 0.0, 1.0))
    specular = _colour(element.find("specular"), (0.0, 0.0, 0.0, 1.0))
    return Material(
        diffuse=_colour(element.find("diffuse"), default),
        emission=max(emissive[:3]),
        specular=max(specular[:3]),
        texture=texture,
    )


def _friction(collision: Element) -> float:
    surface = collision.find("surface")
    if surface is None:
        return 1.0
    surface.check_children(("friction",), ("contact", "bounce", "soft_contact"))
    friction = surface.find("friction")
    if friction is None:
        return 1.0
    friction.check_children(("ode",), ("torsional", "bullet"))
    ode = friction.find("ode")
    if ode is None:
        return 1.0
    ode.check_children(("mu", "mu2"), ("fdir1", "slip1", "slip2"))
    return min(ode.number("mu", 1.0), ode.number("mu2", 1.0))


def read_inertial(element: Element) -> Inertial:
    """Return an SDF inertial; without `<inertia>` the unit inertia, as SDF has it."""
    element.check_children(("mass", "pose", "inertia"), ("auto", "density"))
    matrix = element.find("inertia")
    if matrix is not None:
        matrix.check_children(("ixx", "iyy", "izz", "ixy", "ixz", "iyz"))
    parts = [
        matrix.number(name, 1.0 if name[1] == name[2] else 0.0) if matrix else float(name[1] == name[2])
        for name in ("ixx", "iyy", "izz", "ixy", "ixz", "iyz")
    ]
    pose = element.find("pose")
    return Inertial(
        element.number("mass", 1.0),
        from_xyz_rpy(pose.numbers(6) if pose else (0.0,) * 6),
        (parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]),
    )


def _own_pose(element: Element, pose_of: PoseOf) -> Pose:
    return pose_of(element) if element.find("pose") is not None else from_xyz_rpy((0.0,) * 6)


def read_link(element: Element, pose: Pose, pose_in_link: PoseOf) -> Link:
    """Return a link at `pose` in its model; `pose_in_link` resolves the `<pose>` of what is in it."""
    element.check_children(("pose", "inertial", "visual", "collision", "light"), LINK_IGNORED)
    inertial = element.find("inertial")
    visuals, collisions = [], []
    for visual in element.all("visual"):
        visual.check_children(("pose", "geometry", "material", "transparency"), VISUAL_IGNORED)
        shape, turn = read_shape(visual.need("geometry"))
        transparency = visual.number("transparency", 0.0)
        material = read_material(visual.find("material"))
        place = _own_pose(visual, pose_in_link) @ turn
        visuals.append(Visual(visual.attribute("name"), place, shape, material, transparency))
    for collision in element.all("collision"):
        collision.check_children(("pose", "geometry", "surface"), COLLISION_IGNORED)
        shape, turn = read_shape(collision.need("geometry"))
        place = _own_pose(collision, pose_in_link) @ turn
        collisions.append(Collision(collision.attribute("name"), place, shape, _friction(collision)))
    return Link(
        element.attribute("name"),
        pose,
        read_inertial(inertial) if inertial is not None else None,
        tuple(visuals),
        tuple(collisions),
    )
