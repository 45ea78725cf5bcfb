# SPDX-License-Identifier: Apache-2.0
"""Checks world files without a simulator: only what both simulators load, right numbers, files present."""

from pathlib import Path
from xml.etree import ElementTree as ET
from xml.parsers import expat

from robot_simulation.errors import WorldError

_MATERIAL = {"ambient": 4, "diffuse": 4, "specular": 4, "emissive": 4}
_PBR = {"albedo_map": 0, "emissive_map": 0, "roughness": 1, "metalness": 1}
NUMBERS = _MATERIAL | {
    "pose": 6, "size": (2, 3), "radius": 1, "length": 1, "normal": 3, "direction": 3, "gravity": 3,
    "max_step_size": 1, "real_time_factor": 1, "real_time_update_rate": 1, "transparency": 1, "background": 4,
    "time": 1, "delay_start": 1, "scale": 1, "roughness": 1, "metalness": 1, "range": 1, "constant": 1, "linear": 1,
    "quadratic": 1, "mu": 1, "mu2": 1, "intensity": 1, "mass": 1, "ixx": 1, "iyy": 1, "izz": 1, "ixy": 1, "ixz": 1,
    "iyz": 1, "xyz": 3, "lower": 1, "upper": 1, "effort": 1, "velocity": 1, "damping": 1, "update_rate": 1,
    "horizontal_fov": 1, "width": 1, "height": 1, "near": 1, "far": 1, "mean": 1, "stddev": 1,
}  # fmt: skip
"""How many numbers an element's text holds."""
JOINTS = ("fixed", "revolute", "continuous", "prismatic")
_FILES = ("albedo_map", "emissive_map", "filename")
CHILDREN: dict[str, tuple[str, ...]] = {
    "sdf": ("world",),
    "world": ("physics", "gravity", "plugin", "scene", "light", "model", "frame", "actor"),
    "physics": ("max_step_size", "real_time_factor", "real_time_update_rate"),
    "scene": ("ambient", "background", "shadows", "grid"),
    "light": ("pose", "cast_shadows", "diffuse", "specular", "direction", "attenuation", "intensity"),
    "attenuation": ("range", "constant", "linear", "quadratic"),
    "model": ("static", "pose", "link", "joint", "plugin"),
    "frame": ("pose",),
    "link": ("pose", "inertial", "collision", "visual", "sensor"),
    "inertial": ("pose", "mass", "inertia"),
    "inertia": ("ixx", "iyy", "izz", "ixy", "ixz", "iyz"),
    "joint": ("pose", "parent", "child", "axis"),
    "axis": ("xyz", "limit", "dynamics"),
    "limit": ("lower", "upper", "effort", "velocity"),
    "dynamics": ("damping", "friction"),
    "sensor": ("pose", "always_on", "update_rate", "topic", "gz_frame_id", "camera"),
    "camera": ("camera_info_topic", "horizontal_fov", "image", "clip", "noise"),
    "image": ("width", "height", "format"),
    "clip": ("near", "far"),
    "noise": ("type", "mean", "stddev"),
    "collision": ("pose", "geometry", "surface"),
    "surface": ("friction",),
    "friction": ("ode",),
    "ode": ("mu", "mu2"),
    "visual": ("pose", "geometry", "material", "transparency", "cast_shadows"),
    "geometry": ("box", "cylinder", "sphere", "plane"),
    "box": ("size",),
    "cylinder": ("radius", "length"),
    "sphere": ("radius",),
    "plane": ("normal", "size"),
    "material": (*_MATERIAL, "pbr"),
    "pbr": ("metal",),
    "metal": tuple(_PBR),
    "actor": ("pose", "skin", "animation", "script", "link"),
    "skin": ("filename", "scale"),
    "animation": ("filename", "scale", "interpolate_x"),
    "script": ("loop", "delay_start", "auto_start", "trajectory"),
    "trajectory": ("waypoint",),
    "waypoint": ("time", "pose"),
}
"""Which elements may stand in which; plugins are Gazebo's own and may hold anything."""


def check_world(path: Path) -> list[str]:
    """Return what is wrong with a world file, each as `file:line: problem`; empty when it is sound.

    Raises WorldError when the file cannot be read or is not XML.
    """
    root, lines = _parse(path)
    if root.tag != "sdf":
        return [f"{path}:1: the root is <{root.tag}>, not <sdf>"]
    problems = [] if root.get("version") == "1.9" else [f"{path}:{lines[root]}: write sdf version 1.9, which all read"]
    _check(root, path, lines, problems)
    names: set[str] = set()
    for world in root.findall("world"):
        for element in world:
            name = element.get("name")
            if element.tag in ("model", "frame", "light", "actor"):
                if not name or name in names:
                    problems.append(f"{path}:{lines[element]}: <{element.tag}> needs a name of its own, has {name!r}")
                names.add(name or "")
    if root.find("world") is None:
        problems.append(f"{path}:{lines[root]}: no <world>")
    return problems


def _check(element: ET.Element, path: Path, lines: dict[ET.Element, int], problems: list[str]) -> None:
    where = f"{path}:{lines[element]}"
    text = (element.text or "").strip()
    if element.tag in NUMBERS:
        _check_numbers(element.tag, text, where, problems)
    if element.tag in _FILES and "://" not in text and not (path.parent / text).is_file():
        problems.append(f"{where}: <{element.tag}> names {text or 'nothing'}, which is not beside the world")
    if element.tag == "geometry" and len(element) != 1:
        problems.append(f"{where}: <geometry> holds {len(element)} shapes instead of one")
    if element.tag == "joint" and element.get("type") not in JOINTS:
        problems.append(f"{where}: <joint> of type {element.get('type')!r}, use {', '.join(JOINTS)}")
    if element.tag == "sensor" and element.get("type") != "camera":
        problems.append(f"{where}: <sensor> of type {element.get('type')!r}, a world holds cameras only")
    if element.tag == "plugin":
        return
    for part in element:
        if part.tag not in CHILDREN.get(element.tag, ()):
            problems.append(f"{path}:{lines[part]}: <{part.tag}> inside <{element.tag}> is not supported")
        else:
            _check(part, path, lines, problems)


def _check_numbers(tag: str, text: str, where: str, problems: list[str]) -> None:
    wanted = NUMBERS[tag]
    counts = wanted if isinstance(wanted, tuple) else (wanted,)
    try:
        values = [float(word) for word in text.split()]
    except ValueError:
        problems.append(f"{where}: <{tag}> holds '{text}' instead of numbers")
        return
    if len(values) not in counts and not (tag in _MATERIAL | {"background": 4} and len(values) == 3):
        problems.append(f"{where}: <{tag}> holds {len(values)} numbers instead of {' or '.join(map(str, counts))}")
    elif tag in ("size", "radius", "length", "max_step_size", "mass", "width", "height") and min(values) <= 0:
        problems.append(f"{where}: <{tag}> must be above zero, is {text}")


def _parse(path: Path) -> tuple[ET.Element, dict[ET.Element, int]]:
    """The document and the line of each element (ElementTree's own parser forgets lines)."""
    builder, parser, lines = ET.TreeBuilder(), expat.ParserCreate(), {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        lines[builder.start(tag, attributes)] = parser.CurrentLineNumber

    parser.StartElementHandler = start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(path.read_bytes(), True)
    except OSError as error:
        raise WorldError(f"cannot read world {path}: {error.strerror}", hint="name an existing SDF file") from error
    except expat.ExpatError as error:
        raise WorldError(f"world {path} is not XML: {error}", hint="mend the named line") from error
    return builder.close(), lines
