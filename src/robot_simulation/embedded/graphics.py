# SPDX-License-Identifier: Apache-2.0
"""Which library draws: decided before MuJoCo is imported, because MuJoCo loads it at import and fails without it."""

from __future__ import annotations

import ctypes
import os
from collections.abc import MutableMapping

LIBRARIES = {"egl": "libEGL.so.1", "osmesa": "libOSMesa.so.8"}
OFF = "disable"


def choose_backend(environment: MutableMapping[str, str] = os.environ) -> str:
    """Set MUJOCO_GL to what this machine has, EGL before OSMesa, unless the user has set it. Return the choice."""
    if "MUJOCO_GL" not in environment:
        environment["MUJOCO_GL"] = next((name for name, file in LIBRARIES.items() if _loads(file)), OFF)
    return environment["MUJOCO_GL"]


def _loads(file: str) -> bool:
    try:
        ctypes.CDLL(file)
    except OSError:
        return False
    return True
