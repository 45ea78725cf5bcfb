# SPDX-License-Identifier: Apache-2.0
"""The package's nodes: what `ronda run NODE` and `<node pkg="ronda" exec="NODE">` can start."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ronda_cli.errors import CliError
from ronda_cli.launchfile.packages import prefixes, programs
from ronda_cli.suggestions import suggestion

PACKAGE = "ronda"
_SUFFIX = "_node"


def node_files(environment: Mapping[str, str]) -> dict[str, Path]:
    """Map the name of each installed node to its starter; an earlier prefix wins."""
    files: dict[str, Path] = {}
    for prefix in prefixes(environment):
        folder = prefix / "lib" / PACKAGE
        for name in programs(folder):
            files.setdefault(name, folder / name)
    return files


def find_node(name: str, environment: Mapping[str, str]) -> Path:
    """Find a node's starter by its name, with or without `_node`.

    Raises:
        CliError: there is no such node; the hint lists what there is.
    """
    files = node_files(environment)
    for candidate in (name, f"{name}{_SUFFIX}"):
        if candidate in files:
            return files[candidate]
    if not files:
        raise CliError(f"there is no node {name!r}: none is installed", hint="`make setup`, or source the workspace")
    close = suggestion(name, files)
    hint = f"{close} " if close else ""
    raise CliError(f"there is no node {name!r}", hint=f"{hint}nodes: {', '.join(sorted(files))}")
