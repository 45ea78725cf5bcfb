# SPDX-License-Identifier: Apache-2.0
"""Where things lie: the package's shared files, a site's data, the models."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ronda_core.errors import RondaError


def share_dir() -> Path:
    """Return the folder `share/ronda` of the installation: launch, config, urdf, worlds, maps.

    Looks through AMENT_PREFIX_PATH (a native workspace) and then in the virtual environment.
    """
    prefixes = [p for p in os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep) if p]
    for prefix in [*prefixes, sys.prefix]:
        candidate = Path(prefix) / "share" / "ronda"
        if (candidate / "launch").is_dir():
            return candidate
    raise RondaError(
        f"the package's files (share/ronda/launch) are neither below AMENT_PREFIX_PATH nor below {sys.prefix}",
        hint="install the package: `make setup`, `pip install .` or `colcon build` and source the workspace",
    )


def data_dir() -> Path:
    """Return the site's data folder: RONDA_DATA_DIR, or `ronda` in the XDG data folder. Not created here."""
    named = os.environ.get("RONDA_DATA_DIR")
    if named:
        return Path(named).expanduser()
    base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "ronda"


def models_dir() -> Path:
    """Return the folder of the recognition models: RONDA_MODELS_DIR, or `models` in the environment or the data folder.

    An environment that was set up with `make setup` carries its models itself, so that it works wherever HOME points.
    """
    named = os.environ.get("RONDA_MODELS_DIR")
    if named:
        return Path(named).expanduser()
    of_environment = Path(sys.prefix) / "share" / "ronda-models"
    return of_environment if of_environment.is_dir() else data_dir() / "models"
