# SPDX-License-Identifier: Apache-2.0
"""Is ROS 2 here, and are Ronda's interfaces built?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import metadata

from ronda_cli.doctor.finding import Finding, Level

_LIMIT_S = 30.0
# A broken binary may end the interpreter, so each import is tried in a child.
_TRY = """
import importlib, json
report = {}
for name in ("rclpy", "rmw_implementation", "ronda.msg", "ronda.srv", "ronda.action", "tf2_msgs.msg"):
    try:
        importlib.import_module(name)
        report[name] = ""
    except Exception as error:
        report[name] = f"{type(error).__name__}: {error}"
print(json.dumps(report))
"""


def check() -> list[Finding]:
    """Try ROS 2's Python library, the interfaces, and say where they come from."""
    try:
        result = subprocess.run(
            [sys.executable, "-c", _TRY], capture_output=True, text=True, timeout=_LIMIT_S, check=False
        )
        report: dict[str, str] = json.loads(result.stdout.splitlines()[-1])
    except (subprocess.TimeoutExpired, ValueError, IndexError):
        return [Finding("ROS 2", Level.MISSING, "importing rclpy does not come to an end", "`make setup` again")]
    return [_library(report), _interfaces(report)]


def _library(report: dict[str, str]) -> Finding:
    if report["rclpy"]:
        return Finding(
            "ROS 2",
            Level.MISSING,
            f"rclpy cannot be imported: {report['rclpy']}",
            "x86-64 Linux: `make setup`; elsewhere install ROS 2 Jazzy and source /opt/ros/jazzy/setup.bash",
        )
    return Finding("ROS 2", Level.OK, f"rclpy {_version()}, {_origin()}")


def _version() -> str:
    try:
        return metadata.version("rclpy")
    except metadata.PackageNotFoundError:
        return "of unknown version"


def _origin() -> str:
    try:
        metadata.version("ros-rclpy")
    except metadata.PackageNotFoundError:
        return f"native ROS 2 {os.environ.get('ROS_DISTRO', '(ROS_DISTRO is not set)')}"
    return "from wheels in this virtual environment"


def _interfaces(report: dict[str, str]) -> Finding:
    missing = [name for name in ("ronda.msg", "ronda.srv", "ronda.action", "tf2_msgs.msg") if report[name]]
    if not missing:
        return Finding("interfaces", Level.OK, "messages, services and actions are built")
    return Finding(
        "interfaces",
        Level.MISSING,
        f"{', '.join(missing)} cannot be imported: {report[missing[0]]}",
        "`make setup` (wheels) or `colcon build` and source install/setup.bash",
    )
