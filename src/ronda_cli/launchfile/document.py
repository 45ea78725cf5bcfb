# SPDX-License-Identifier: Apache-2.0
"""The XML of one launch file, with the line of every element."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from ronda_cli.errors import LaunchError

_OTHER_FORMATS = {".py": "Python", ".yaml": "YAML", ".yml": "YAML"}


@dataclass(frozen=True)
class Element:
    """One XML element: its tag, attributes as written, children in order, and where it stands."""

    tag: str
    attributes: dict[str, str]
    file: Path
    line: int
    children: list[Element] = field(default_factory=list)


def absolute_path(path: str | Path) -> Path:
    """Make a path absolute and take `..` out of its text, as ROS does, without following links."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - Path.resolve would follow links


def load(path: Path) -> Element:
    """Read the root element of the launch file `path`.

    Raises:
        LaunchError: the file cannot be read, is not well-formed XML or is of another format.
    """
    if path.suffix in _OTHER_FORMATS:
        raise LaunchError(
            f"{path}: launch files in {_OTHER_FORMATS[path.suffix]} are not supported",
            hint="write it as XML, or start it with `ros2 launch` on a native ROS 2 install",
        )
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LaunchError(f"{path}: cannot read the launch file: {error.strerror}", hint="check the path") from error
    return _parse(data, path)


def _parse(data: bytes, path: Path) -> Element:
    # The separator makes a namespaced tag look unknown instead of passing for the plain one.
    parser = expat.ParserCreate(namespace_separator="}")
    open_elements: list[Element] = []
    roots: list[Element] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        element = Element(tag, attributes, path, parser.CurrentLineNumber)
        (open_elements[-1].children if open_elements else roots).append(element)
        open_elements.append(element)

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _tag: open_elements.pop()
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise LaunchError(f"{path}:{error.lineno}: not well-formed XML: {error}", hint="close every tag") from error
    return roots[0]
