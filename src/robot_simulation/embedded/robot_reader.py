# SPDX-License-Identifier: Apache-2.0
"""Reads a robot description, URDF or xacro, with the <gazebo> blocks that Gazebo itself would read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from xml.parsers.expat import ExpatError

from lxml import etree

from robot_simulation.embedded.gazebo_blocks import Blocks
from robot_simulation.embedded.robot import Robot
from robot_simulation.errors import RobotError
from ronda_core.parameters import suggest


def expand(file: Path, mappings: Mapping[str, str] | None = None) -> str:
    """Return the URDF text of a file; a `.xacro` is expanded with `mappings` first. Raises RobotError."""
    file = Path(file)
    if not file.is_file():
        raise RobotError(f"robot description {file} cannot be read", hint="check the path")
    if file.suffix != ".xacro":
        return file.read_text(encoding="utf-8")
    import xacro

    try:
        return str(xacro.process_file(str(file), mappings=dict(mappings or {})).toxml())
    except (xacro.XacroException, ExpatError, OSError) as error:
        raise RobotError(f"xacro cannot expand {file}: {error}") from error


def read_robot(file: Path, mappings: Mapping[str, str] | None = None) -> Robot:
    """Return the robot of a file. Raises RobotError naming what is missing."""
    return parse_robot(expand(file, mappings), str(file))


def parse_robot(urdf: str, where: str) -> Robot:
    """Return the robot of a URDF text; `where` names it in errors."""
    try:
        root = etree.fromstring(urdf.encode(), etree.XMLParser(remove_comments=True, resolve_entities=False))
    except etree.XMLSyntaxError as error:
        raise RobotError(f"{where}:{error.lineno}: not well-formed XML: {error.msg}") from error
    if root.tag != "robot":
        raise RobotError(f"{where}: expected <robot>, found <{root.tag}>")
    links = [link.get("name", "") for link in root.findall("link")]
    joints = {joint.get("name", ""): joint for joint in root.findall("joint")}
    children = set()
    for name, joint in joints.items():
        for role in ("parent", "child"):
            element = joint.find(role)
            link = "" if element is None else element.get("link", "")
            if link not in links:
                raise RobotError(f"{where}:{joint.sourceline}: joint '{name}' names the unknown {role} link '{link}'"
                                 f"{suggest(link, links)}")  # fmt: skip
            if role == "child":
                children.add(link)
    roots = [link for link in links if link not in children]
    if len(roots) != 1:
        raise RobotError(f"{where}: a robot has one root link, this one has {', '.join(roots) or 'none'}")
    blocks = Blocks(where, root.findall("gazebo"), links)
    drive = blocks.drive()
    for joint in drive.left_joints + drive.right_joints:
        if joint not in joints:
            raise RobotError(
                f"{where}: DiffDrive names the wheel joint '{joint}', which the robot does not have"
                f"{suggest(joint, joints)}",
                hint=f"joints of this robot: {', '.join(joints) or 'none'}",
            )
        if joints[joint].get("type") != "continuous":
            kind = joints[joint].get("type")
            raise RobotError(f"{where}: the wheel joint '{joint}' is of type {kind}", hint="make it continuous")
    for block in root.findall("gazebo"):
        root.remove(block)
    return Robot(
        name=root.get("name", "robot"), urdf=etree.tostring(root, encoding="unicode"), root_link=roots[0], drive=drive,
        lidars=blocks.lidars(), cameras=blocks.cameras(), imus=blocks.imus(), bumpers=blocks.bumpers(),
        battery=blocks.battery(), friction=blocks.friction(),
    )  # fmt: skip
