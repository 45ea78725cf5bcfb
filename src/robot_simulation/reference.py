# SPDX-License-Identifier: Apache-2.0
"""Recordings of a real Gazebo server: reference.sdf, reference_robot.urdf and expected.json in one folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from robot_simulation.errors import DescriptionError
from robot_simulation.gazebo_blocks import Limits
from robot_simulation.scene import Link, Shape, ShapeKind, World
from robot_simulation.sdf_reader import read_world
from robot_simulation.urdf_reader import Robot, read_robot

NARROW = 0.01
"""Length in m of the wheels' collision cylinders in `_narrow` variants."""


@dataclass(frozen=True, eq=False)
class Reference:
    """World, robot and recordings; `variants` are experiments with one change to the robot, told by their suffix."""

    folder: Path
    world: World
    robot: Robot
    columns: tuple[str, ...]
    experiments: Mapping[str, Any]
    variants: Mapping[str, Any]
    poses: Mapping[str, Any]


def read_reference(folder: Path) -> Reference:
    """Return the recordings in a folder. Raises DescriptionError when something is missing."""
    path = folder / "expected.json"
    try:
        recorded = json.loads(path.read_text(encoding="utf-8"))
        columns, experiments = tuple(recorded["columns"]), recorded["experiments"]
        return Reference(
            folder,
            read_world(folder / recorded.get("world", "reference.sdf")),
            read_robot(folder / recorded.get("robot", "reference_robot.urdf")),
            columns,
            experiments,
            recorded.get("variants", {}),
            recorded.get("sensors", {}).get("poses", {}),
        )
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise DescriptionError(
            f"{path}: is no recording that can be compared with: {error!r}",
            hint="name a folder that holds expected.json with columns and experiments",
        ) from error


def robot_of(robot: Robot, experiment: str) -> Robot:
    """Return the robot with the change that a variant's name ends in: sphere, narrow or nolimit.

    Raises DescriptionError for any other ending.
    """
    suffix = experiment.rpartition("_")[2]
    drive = robot.blocks.drive
    if drive is None:
        raise DescriptionError(f"{robot.source}: has no DiffDrive plugin")
    if suffix == "nolimit":
        return replace(robot, blocks=replace(robot.blocks, drive=replace(drive, linear=Limits(), angular=Limits())))
    changes: dict[str, Callable[[Shape], Shape]] = {
        "sphere": lambda shape: Shape(ShapeKind.SPHERE, (shape.size[0],)),
        "narrow": lambda shape: Shape(shape.kind, (shape.size[0], NARROW)),
    }
    if suffix not in changes:
        raise DescriptionError(
            f"variant '{experiment}': unknown change '{suffix}'", hint=f"known: nolimit, {', '.join(changes)}"
        )
    change = changes[suffix]
    wheels = {joint.child for joint in robot.joints if joint.name in (*drive.left_joints, *drive.right_joints)}

    def changed(link: Link) -> Link:
        if link.name not in wheels:
            return link
        return replace(
            link,
            collisions=tuple(
                replace(c, shape=change(c.shape)) if c.shape.kind is ShapeKind.CYLINDER else c for c in link.collisions
            ),
        )

    return replace(robot, links=tuple(changed(link) for link in robot.links))
