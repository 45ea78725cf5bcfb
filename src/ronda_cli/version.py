# SPDX-License-Identifier: Apache-2.0
"""`ronda version`."""

from __future__ import annotations

import sys
from importlib import metadata


def version() -> None:
    """Print the version of Ronda, and of the ROS client library it runs on."""
    sys.stdout.write(f"ronda {_installed('ronda')}\nrclpy {_installed('rclpy')}\n")


def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"
