# SPDX-License-Identifier: Apache-2.0
"""Copies of world files that stand alone: the tree to be changed, and every texture and mesh beside it."""

from __future__ import annotations

import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

from robot_simulation.errors import WorldError


def read_world_tree(world: Path) -> ET.Element:
    """Return the document of a world file. Raises WorldError when it cannot be read or is not XML."""
    try:
        return ET.parse(world).getroot()
    except OSError as error:
        raise WorldError(f"cannot read world {world}: {error.strerror}", hint="name an existing SDF file") from error
    except ET.ParseError as error:
        raise WorldError(f"world {world} is not XML: {error}", hint="run: ronda world check FILE") from error


def world_element(root: ET.Element, world: Path) -> ET.Element:
    """Return the `<world>` of a document. Raises WorldError without one."""
    element = root.find("world")
    if element is None:
        raise WorldError(f"{world} holds no <world>", hint="name a world file, not a model")
    return element


def copy_resources(root: ET.Element, source: Path, out: Path) -> None:
    """Copy every texture and mesh with a relative path, so that the written folder stands alone."""
    for element in root.iter():
        path = (element.text or "").strip()
        if element.tag not in ("albedo_map", "emissive_map", "filename") or not path or "://" in path:
            continue
        if Path(path).is_absolute():
            continue
        if not (source / path).is_file():
            raise WorldError(f"the world needs {source / path}, which is missing", hint="restore the file")
        target = out / path
        if target.resolve() != (source / path).resolve():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / path, target)
