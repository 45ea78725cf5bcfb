# SPDX-License-Identifier: Apache-2.0
"""Installed ROS packages, found through the ament index (`AMENT_PREFIX_PATH`)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from ronda_cli.launchfile.errors import EvaluationError

_INDEX = Path("share/ament_index/resource_index/packages")


def prefixes(environment: Mapping[str, str]) -> list[Path]:
    """List the install prefixes of `environment`, in order of precedence."""
    return [Path(p) for p in environment.get("AMENT_PREFIX_PATH", "").split(os.pathsep) if p]


def prefix(package: str, environment: Mapping[str, str]) -> Path:
    """Find the first prefix in which `package` is installed.

    Raises:
        EvaluationError: it is in none.
    """
    for candidate in prefixes(environment):
        if package and (candidate / _INDEX / package).is_file():
            return candidate
    searched = ", ".join(map(str, prefixes(environment))) or "nothing: AMENT_PREFIX_PATH is empty"
    raise EvaluationError(
        f"package {package!r} is not installed (searched {searched})",
        hint="check the spelling, install it, or source the workspace that has it",
    )


def share(package: str, environment: Mapping[str, str]) -> str:
    """Return the share folder of `package`."""
    return str(prefix(package, environment) / "share" / package)


def executable(package: str, name: str, environment: Mapping[str, str]) -> str:
    """Return the path of the program `name` in lib/`package`.

    Raises:
        EvaluationError: the package or the program is not installed.
    """
    folder = prefix(package, environment) / "lib" / package
    found = shutil.which(name, path=str(folder)) if name else None
    if found is None:
        known = ", ".join(programs(folder)) or "none"
        raise EvaluationError(f"package {package!r} has no executable {name!r}", hint=f"it has: {known}")
    return found


def programs(folder: Path) -> list[str]:
    """List the programs in `folder`, sorted; none where the folder is missing."""
    if not folder.is_dir():
        return []
    return sorted(p.name for p in folder.iterdir() if p.is_file() and os.access(p, os.X_OK))
