# SPDX-License-Identifier: Apache-2.0
"""Shapes and surfaces of a world as MuJoCo geoms, materials and textures."""

from __future__ import annotations

from pathlib import Path

import cv2
import mujoco
import numpy as np

from robot_simulation.embedded.poses import Pose, quaternion_wxyz
from robot_simulation.embedded.world import Collision, Material, Shape, Visual
from robot_simulation.errors import WorldError

COLLIDES, SEEN = 0, 1
"""Geom groups."""

_KINDS = {
    "box": mujoco.mjtGeom.mjGEOM_BOX,
    "sphere": mujoco.mjtGeom.mjGEOM_SPHERE,
    "cylinder": mujoco.mjtGeom.mjGEOM_CYLINDER,
    "capsule": mujoco.mjtGeom.mjGEOM_CAPSULE,
    "ellipsoid": mujoco.mjtGeom.mjGEOM_ELLIPSOID,
    "plane": mujoco.mjtGeom.mjGEOM_PLANE,
}


def _half_sizes(shape: Shape) -> list[float]:
    match shape.kind:
        case "box":
            return [edge / 2 for edge in shape.size]
        case "cylinder" | "capsule":
            return [shape.size[0], shape.size[1] / 2, 0.0]
        case "plane":
            return [shape.size[0] / 2, shape.size[1] / 2, 0.1]
        case _:
            return [*shape.size, 0.0, 0.0][:3]


class Painter:
    """Makes each texture, material and picture mesh of a model once."""

    def __init__(self, spec: mujoco.MjSpec, texture_limit: int) -> None:
        self._spec = spec
        self._limit = texture_limit
        self._textures: dict[Path, str] = {}
        self._materials: dict[Material, str] = {}
        self._meshes: dict[tuple[float, ...], str] = {}

    def material(self, material: Material) -> str:
        """Return the name of the material."""
        if material not in self._materials:
            name = f"material {len(self._materials)}"
            added = self._spec.add_material(
                name=name, rgba=material.rgba, specular=material.specular, shininess=0.1, emission=material.emission,
                reflectance=0.0,
            )  # fmt: skip
            if material.texture is not None:
                added.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = self._texture(material.texture)
                added.texuniform = False
            self._materials[material] = name
        return self._materials[material]

    def _texture(self, file: Path) -> str:
        if file not in self._textures:
            picture = cv2.imread(str(file), cv2.IMREAD_COLOR)
            if picture is None:
                raise WorldError(f"texture {file} cannot be read", hint="use a PNG or JPEG file")
            height, width = picture.shape[:2]
            scale = min(1.0, self._limit / max(height, width))
            if scale < 1.0:
                size = (round(width * scale), round(height * scale))
                picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
            name = f"texture {len(self._textures)}"
            rgb = np.ascontiguousarray(picture[::-1, :, ::-1])  # MuJoCo's first row is the texture's bottom
            texture = self._spec.add_texture(
                name=name, type=mujoco.mjtTexture.mjTEXTURE_2D, width=rgb.shape[1], height=rgb.shape[0], nchannel=3
            )
            texture.data = rgb.tobytes()
            self._textures[file] = name
        return self._textures[file]

    def rectangle(self, width: float, height: float) -> str:
        """Return the name of a flat mesh: seen from +z, the picture's right is +x and its top is +y."""
        key = (width, height)
        if key not in self._meshes:
            name = f"rectangle {len(self._meshes)}"
            x, y = width / 2, height / 2
            self._spec.add_mesh(
                name=name,
                uservert=[-x, -y, 0, x, -y, 0, x, y, 0, -x, y, 0],
                userface=[0, 1, 2, 0, 2, 3],
                usertexcoord=[0, 0, 1, 0, 1, 1, 0, 1],
                userfacetexcoord=[0, 1, 2, 0, 2, 3],
                inertia=mujoco.mjtMeshInertia.mjMESH_INERTIA_SHELL,
            )
            self._meshes[key] = name
        return self._meshes[key]


def add_collision(body: mujoco.MjsBody, collision: Collision, pose: Pose, name: str, bit: int) -> None:
    """Add something to bump into."""
    body.add_geom(
        name=name, type=_KINDS[collision.shape.kind], size=_half_sizes(collision.shape), pos=pose[:3, 3],
        quat=quaternion_wxyz(pose), group=COLLIDES, contype=bit, conaffinity=0x7FFFFFFF, mass=0.0,
        friction=[collision.friction, 0.005, 0.0001], rgba=(0, 0, 0, 0),
    )  # fmt: skip


def add_visual(body: mujoco.MjsBody, painter: Painter, visual: Visual, pose: Pose, name: str) -> None:
    """Add something to be seen. Planes are drawn as rectangles: MuJoCo's own are endless for rays."""
    common = {
        "name": f"seen {name}", "pos": pose[:3, 3], "quat": quaternion_wxyz(pose), "group": SEEN, "contype": 0,
        "conaffinity": 0, "mass": 0.0, "material": painter.material(visual.material),
    }  # fmt: skip
    if visual.shape.kind == "plane":
        mesh = painter.rectangle(*visual.shape.size)
        body.add_geom(type=mujoco.mjtGeom.mjGEOM_MESH, meshname=mesh, **common)
    else:
        body.add_geom(type=_KINDS[visual.shape.kind], size=_half_sizes(visual.shape), **common)
