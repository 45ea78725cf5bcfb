#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes worlds/meshes/walker.dae: the skin of a walking person for Gazebo, in COLLADA 1.4.1, with a walk cycle.

Boxes for trunk, head, arms and legs; each box hangs on one joint, the root joint stands at the feet (Gazebo drops the
root joint's offset, so a root at hip height would sink the figure). Run: python worlds/tools/make_walker.py
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from xml.etree import ElementTree as ET

import numpy as np
from numpy.typing import NDArray

from robot_simulation.sdf_write import child, to_text

FILE = Path(__file__).resolve().parents[1] / "meshes" / "walker.dae"
CYCLE_S = 1.2
FRAMES = 13
Matrix: TypeAlias = NDArray[np.float64]
Vector: TypeAlias = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Limb:
    """A box on a joint: the joint's place, the box's centre and size (m), how far it swings (rad), its colour."""

    joint: str
    place: Vector
    centre: Vector
    size: Vector
    swing: float
    material: str


LIMBS = (
    Limb("body", (0, 0, 0.85), (0, 0, 1.15), (0.22, 0.40, 0.62), 0.0, "coat"),
    Limb("head", (0, 0, 1.48), (0, 0, 1.61), (0.19, 0.16, 0.24), 0.0, "skin"),
    Limb("left_leg", (0, 0.1, 0.85), (0, 0.1, 0.43), (0.16, 0.15, 0.86), 0.45, "trousers"),
    Limb("right_leg", (0, -0.1, 0.85), (0, -0.1, 0.43), (0.16, 0.15, 0.86), -0.45, "trousers"),
    Limb("left_arm", (0, 0.25, 1.40), (0, 0.25, 1.10), (0.10, 0.09, 0.62), -0.35, "coat"),
    Limb("right_arm", (0, -0.25, 1.40), (0, -0.25, 1.10), (0.10, 0.09, 0.62), 0.35, "coat"),
)
COLOURS = {"coat": "0.60 0.38 0.16 1", "skin": "0.72 0.60 0.52 1", "trousers": "0.14 0.15 0.20 1"}


def main() -> None:
    """Write the skin file."""
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(collada_text(), encoding="utf-8")


def collada_text() -> str:
    """The whole file."""
    root = ET.Element("COLLADA", xmlns="http://www.collada.org/2005/11/COLLADASchema", version="1.4.1")
    asset = child(root, "asset")
    child(asset, "created", "2026-01-01T00:00:00")
    child(asset, "modified", "2026-01-01T00:00:00")
    child(asset, "unit", name="meter", meter="1")
    child(asset, "up_axis", "Z_UP")
    _materials(root)
    _geometry(root)
    _controller(root)
    _animations(root)
    _scene(root)
    return to_text(root, "SPDX-License-Identifier: Apache-2.0; written by worlds/tools/make_walker.py: edit that")


def _text(values: "np.typing.ArrayLike") -> str:
    return " ".join(f"{round(float(value), 5) + 0.0:g}" for value in np.asarray(values).ravel())


def _source(parent: ET.Element, name: str, values: "np.typing.ArrayLike", params: tuple[str, ...], kind: str) -> None:
    array = np.asarray(values)
    stride = 16 if kind == "float4x4" else len(params)
    source = child(parent, "source", id=name)
    if kind == "name":
        child(source, "Name_array", " ".join(array.ravel()), id=f"{name}-array", count=str(array.size))
    else:
        child(source, "float_array", _text(array), id=f"{name}-array", count=str(array.size))
    accessor = child(
        child(source, "technique_common"),
        "accessor",
        source=f"#{name}-array",
        count=str(array.size // stride),
        stride=str(stride),
    )
    for param in params:
        child(accessor, "param", name=param, type=kind)


def _materials(root: ET.Element) -> None:
    effects = child(root, "library_effects")
    materials = child(root, "library_materials")
    for name, colour in COLOURS.items():
        technique = child(
            child(child(effects, "effect", id=f"{name}-effect"), "profile_COMMON"), "technique", sid="common"
        )
        lambert = child(technique, "lambert")
        for part in ("ambient", "diffuse"):
            child(child(lambert, part), "color", colour)
        material = child(materials, "material", id=name, name=name)
        child(material, "instance_effect", url=f"#{name}-effect")


def _box(limb: Limb) -> tuple[Matrix, Matrix, list[list[int]]]:
    """Vertices (24, 3), normals (24, 3) and triangles of the limb's box, counter-clockwise seen from outside."""
    points, normals, triangles = [], [], []
    for axis in range(3):
        for sign in (-1.0, 1.0):
            normal = np.zeros(3)
            normal[axis] = sign
            u, v = np.zeros(3), np.zeros(3)
            u[(axis + 1) % 3], v[(axis + 2) % 3] = sign, 1.0
            first = len(points)
            for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
                points.append(np.array(limb.centre) + (normal + a * u + b * v) * np.array(limb.size) / 2)
                normals.append(normal)
            triangles += [[first, first + 1, first + 2], [first, first + 2, first + 3]]
    return np.array(points), np.array(normals), triangles


def _geometry(root: ET.Element) -> None:
    mesh = child(child(child(root, "library_geometries"), "geometry", id="walker-mesh", name="walker"), "mesh")
    boxes = [_box(limb) for limb in LIMBS]
    _source(mesh, "walker-positions", np.vstack([box[0] for box in boxes]), ("X", "Y", "Z"), "float")
    _source(mesh, "walker-normals", np.vstack([box[1] for box in boxes]), ("X", "Y", "Z"), "float")
    vertices = child(mesh, "vertices", id="walker-vertices")
    child(vertices, "input", semantic="POSITION", source="#walker-positions")
    for index, (limb, box) in enumerate(zip(LIMBS, boxes, strict=True)):
        triangles = child(mesh, "triangles", material=limb.material, count=str(len(box[2])))
        child(triangles, "input", semantic="VERTEX", source="#walker-vertices", offset="0")
        child(triangles, "input", semantic="NORMAL", source="#walker-normals", offset="1")
        corners = [number + 24 * index for triangle in box[2] for number in triangle]
        child(triangles, "p", " ".join(f"{corner} {corner}" for corner in corners))


def _controller(root: ET.Element) -> None:
    skin = child(
        child(child(root, "library_controllers"), "controller", id="walker-skin", name="walker"),
        "skin",
        source="#walker-mesh",
    )
    child(skin, "bind_shape_matrix", _text(np.eye(4)))
    _source(skin, "walker-joints", ["root", *(limb.joint for limb in LIMBS)], ("JOINT",), "name")
    inverse = [np.eye(4), *(_shift(limb.place, -1.0) for limb in LIMBS)]
    _source(skin, "walker-bind", np.array(inverse), ("TRANSFORM",), "float4x4")
    _source(skin, "walker-weights", [1.0], ("WEIGHT",), "float")
    joints = child(skin, "joints")
    child(joints, "input", semantic="JOINT", source="#walker-joints")
    child(joints, "input", semantic="INV_BIND_MATRIX", source="#walker-bind")
    count = 24 * len(LIMBS)
    weights = child(skin, "vertex_weights", count=str(count))
    child(weights, "input", semantic="JOINT", source="#walker-joints", offset="0")
    child(weights, "input", semantic="WEIGHT", source="#walker-weights", offset="1")
    child(weights, "vcount", " ".join(["1"] * count))
    child(weights, "v", " ".join(f"{1 + vertex // 24} 0" for vertex in range(count)))


def _shift(place: Vector, sign: float = 1.0) -> Matrix:
    matrix = np.eye(4)
    matrix[:3, 3] = sign * np.array(place)
    return matrix


def _swung(limb: Limb, phase: float) -> Matrix:
    """The joint's transform at a phase of the cycle (0..1): a swing about y, the axis across the body."""
    angle = limb.swing * math.sin(2 * math.pi * phase)
    matrix = _shift(limb.place)
    matrix[0, 0] = matrix[2, 2] = math.cos(angle)
    matrix[0, 2], matrix[2, 0] = math.sin(angle), -math.sin(angle)
    return matrix


def _animations(root: ET.Element) -> None:
    library = child(root, "library_animations")
    phases = np.linspace(0.0, 1.0, FRAMES)
    tracks = {"root": [np.eye(4)] * FRAMES}
    tracks |= {limb.joint: [_swung(limb, phase) for phase in phases] for limb in LIMBS}
    for joint, matrices in tracks.items():
        animation = child(library, "animation", id=f"walk-{joint}")
        _source(animation, f"walk-{joint}-time", phases * CYCLE_S, ("TIME",), "float")
        _source(animation, f"walk-{joint}-pose", np.array(matrices), ("TRANSFORM",), "float4x4")
        _source(animation, f"walk-{joint}-kind", ["LINEAR"] * FRAMES, ("INTERPOLATION",), "name")
        sampler = child(animation, "sampler", id=f"walk-{joint}-sampler")
        for semantic, suffix in (("INPUT", "time"), ("OUTPUT", "pose"), ("INTERPOLATION", "kind")):
            child(sampler, "input", semantic=semantic, source=f"#walk-{joint}-{suffix}")
        child(animation, "channel", source=f"#walk-{joint}-sampler", target=f"{joint}/transform")


def _scene(root: ET.Element) -> None:
    scene = child(child(root, "library_visual_scenes"), "visual_scene", id="scene", name="scene")
    top = child(scene, "node", id="root", sid="root", name="root", type="JOINT")
    child(top, "matrix", _text(np.eye(4)), sid="transform")
    for limb in LIMBS:
        node = child(top, "node", id=limb.joint, sid=limb.joint, name=limb.joint, type="JOINT")
        child(node, "matrix", _text(_shift(limb.place)), sid="transform")
    figure = child(scene, "node", id="walker", name="walker", type="NODE")
    child(figure, "matrix", _text(np.eye(4)), sid="transform")
    instance = child(figure, "instance_controller", url="#walker-skin")
    child(instance, "skeleton", "#root")
    common = child(child(instance, "bind_material"), "technique_common")
    for name in COLOURS:
        child(common, "instance_material", symbol=name, target=f"#{name}")
    child(child(root, "scene"), "instance_visual_scene", url="#scene")


if __name__ == "__main__":
    main()
