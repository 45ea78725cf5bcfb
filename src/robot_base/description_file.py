# SPDX-License-Identifier: Apache-2.0
"""Reads a robot description from a file, through xacro where it is one."""

from pathlib import Path
from xml.parsers.expat import ExpatError

from robot_base.errors import DescriptionError


def read_description(path: Path, arguments: list[str]) -> str:
    """The URDF text of a .urdf or .xacro file; `arguments` are name:=value. Raises DescriptionError naming the file."""
    mappings = {}
    for argument in arguments:
        name, separator, value = argument.partition(":=")
        if not separator or not name:
            raise DescriptionError(f"xacro argument '{argument}' is not of the form name:=value")
        mappings[name] = value
    try:
        if path.suffix != ".xacro":
            return path.read_text(encoding="utf-8")
        import xacro

        return str(xacro.process_file(str(path), mappings=mappings).toxml())
    except (OSError, UnicodeDecodeError) as error:
        raise DescriptionError(f"cannot read the robot description {path}: {error}") from error
    except (xacro.XacroException, ExpatError) as error:
        raise DescriptionError(f"{path}: {error}", hint="run `xacro` on it to see the place") from error
