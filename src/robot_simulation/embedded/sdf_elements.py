# SPDX-License-Identifier: Apache-2.0
"""Reading XML of SDF strictly: each element is known, known and without counterpart here, or refused with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from lxml import etree

from robot_simulation.embedded.poses import Pose, from_xyz_quaternion, from_xyz_rpy
from robot_simulation.errors import WorldError
from ronda_core.parameters import suggest

# For each element: the children that are read, and those that Gazebo uses and the embedded simulator has no need of.
READ: Mapping[str, frozenset[str]] = {
    name: frozenset(children.split())
    for name, children in {
        "sdf": "world",
        "world": "physics gravity scene light model actor frame include",
        "physics": "max_step_size",
        "scene": "ambient background",
        "light": "pose diffuse specular direction",
        "frame": "pose",
        "include": "uri name pose static",
        "model": "static pose link frame",
        "link": "pose inertial collision visual",
        "inertial": "pose mass inertia",
        "inertia": "ixx iyy izz ixy ixz iyz",
        "collision": "pose geometry surface",
        "surface": "friction",
        "friction": "ode",
        "ode": "mu",
        "visual": "pose geometry material transparency",
        "geometry": "box cylinder sphere capsule ellipsoid plane",
        "box": "size",
        "cylinder": "radius length",
        "capsule": "radius length",
        "sphere": "radius",
        "ellipsoid": "radii",
        "plane": "normal size",
        "material": "ambient diffuse specular emissive pbr",
        "pbr": "metal",
        "metal": "albedo_map emissive_map",
        "actor": "pose script link",
        "script": "loop delay_start auto_start trajectory",
        "trajectory": "waypoint",
        "waypoint": "time pose",
    }.items()
}
WITHOUT_COUNTERPART: Mapping[str, frozenset[str]] = {
    name: frozenset(children.split())
    for name, children in {
        "world": "plugin gui audio wind atmosphere magnetic_field spherical_coordinates",
        "physics": "real_time_factor real_time_update_rate max_contacts dart ode bullet simbody",
        "scene": "shadows grid sky fog origin_visual",
        "light": "cast_shadows attenuation intensity spot light_on visualize",
        "include": "placement_frame",
        "model": "self_collide allow_auto_disable plugin enable_wind",
        "link": "gravity self_collide kinematic enable_wind velocity_decay must_be_base_link",
        "collision": "max_contacts laser_retro",
        "surface": "contact bounce soft_contact",
        "friction": "bullet torsional",
        "ode": "mu2 fdir1 slip1 slip2",
        "visual": "cast_shadows laser_retro visibility_flags plugin",
        "material": "lighting render_order double_sided shader script",
        "metal": "roughness metalness normal_map roughness_map metalness_map environment_map ambient_occlusion_map",
        "actor": "skin animation plugin",
        "waypoint": "",
    }.items()
}
NOT_YET = {
    "joint": "joints in worlds are not supported: make the model static, or describe the mechanism as a robot",
    "mesh": "meshes are not supported: use boxes, cylinders, spheres and planes",
    "heightmap": "height maps are not supported: use boxes and planes",
    "population": "populations are not supported: write each model",
}


class Reader:
    """One SDF file: knows its path for errors and resolves the files it names."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def load(self) -> etree._Element:
        """Return the root element `<sdf>`. Raises WorldError."""
        try:
            root = etree.parse(str(self.file), etree.XMLParser(remove_comments=True, resolve_entities=False)).getroot()
        except OSError as error:
            raise WorldError(f"world file {self.file} cannot be read", hint="check the path") from error
        except etree.XMLSyntaxError as error:
            raise WorldError(f"{self.file}:{error.lineno}: not well-formed XML: {error.msg}") from error
        if root.tag != "sdf":
            raise WorldError(f"{self.file}:{root.sourceline}: expected <sdf>, found <{root.tag}>")
        return root

    def error(self, element: etree._Element, message: str, hint: str = "") -> WorldError:
        """Return the error that names the file, the line and the element."""
        return WorldError(f"{self.file}:{element.sourceline}: <{element.tag}> {message}", hint=hint)

    def children(self, element: etree._Element, kind: str | None = None) -> Iterator[etree._Element]:
        """Yield the children that are read. Raises WorldError at one that this element does not know."""
        kind = kind or element.tag
        read, ignored = READ.get(kind, frozenset()), WITHOUT_COUNTERPART.get(kind, frozenset())
        for child in element:
            if child.tag in read:
                yield child
            elif child.tag not in ignored:
                hint = NOT_YET.get(child.tag, f"<{kind}> knows: {', '.join(sorted(read | ignored))}")
                raise WorldError(
                    f"{self.file}:{child.sourceline}: <{child.tag}> is not known inside <{kind}>"
                    f"{suggest(child.tag, read | ignored)}",
                    hint=hint,
                )

    def find(self, element: etree._Element, tag: str) -> etree._Element:
        """Return a child that must be there."""
        child = element.find(tag)
        if child is None:
            raise self.error(element, f"lacks <{tag}>")
        return child

    def numbers(self, element: etree._Element, count: int) -> tuple[float, ...]:
        """Return the element's text as `count` finite numbers."""
        try:
            values = tuple(float(word) for word in (element.text or "").split())
        except ValueError:
            values = ()
        if len(values) != count or not all(abs(value) < float("inf") for value in values):
            raise self.error(element, f"must hold {count} numbers, found '{(element.text or '').strip()}'")
        return values

    def number(self, element: etree._Element, tag: str, default: float | None = None) -> float:
        """Return a child's number, or the default where the child is missing."""
        child = element.find(tag)
        if child is None:
            if default is None:
                raise self.error(element, f"lacks <{tag}>")
            return default
        return self.numbers(child, 1)[0]

    def positive(self, element: etree._Element, tag: str) -> float:
        """Return a child's number, which must be greater than zero."""
        value = self.number(element, tag)
        if value <= 0:
            raise self.error(self.find(element, tag), f"must be greater than 0, found {value}")
        return value

    def flag(self, element: etree._Element, tag: str, default: bool) -> bool:
        """Return a child's truth value."""
        child = element.find(tag)
        if child is None:
            return default
        text = (child.text or "").strip().lower()
        if text not in ("true", "false", "1", "0"):
            raise self.error(child, f"must be true or false, found '{text}'")
        return text in ("true", "1")

    def name(self, element: etree._Element) -> str:
        """Return the name attribute, which must be there."""
        name = element.get("name", "")
        if not name:
            raise self.error(element, "lacks a name")
        return str(name)

    def pose(self, element: etree._Element | None) -> Pose:
        """Return what a `<pose>` element says, without its `relative_to`; the identity where there is none."""
        if element is None or not (element.text or "").strip():
            return from_xyz_rpy(0, 0, 0, 0, 0, 0)
        if element.get("rotation_format", "euler_rpy") == "quat_xyzw":
            return from_xyz_quaternion(*self.numbers(element, 7))
        x, y, z, roll, pitch, yaw = self.numbers(element, 6)
        scale = 0.017453292519943295 if element.get("degrees", "false") in ("true", "1") else 1.0
        return from_xyz_rpy(x, y, z, roll * scale, pitch * scale, yaw * scale)

    def resolve(self, element: etree._Element, text: str) -> Path:
        """Return the existing file that a uri or a path relative to this file names. Raises WorldError."""
        path = Path(text.removeprefix("file://"))
        file = path if path.is_absolute() else self.file.parent / path
        if not file.exists():
            raise self.error(element, f"names a file that does not exist: {file}")
        return file
