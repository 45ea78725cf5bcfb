# SPDX-License-Identifier: Apache-2.0
"""Cameras and serial ports."""

from __future__ import annotations

import os
from pathlib import Path

from ronda_cli.doctor.finding import Finding, Level

_DEVICES = Path("/dev")


def check(devices: Path = _DEVICES) -> list[Finding]:
    """List the devices and say which of them may not be opened."""
    return [
        _kind(devices, "camera", ("video*",), "video", "connect a camera, or use the simulated one"),
        _kind(
            devices,
            "serial port",
            ("ttyUSB*", "ttyACM*", "ttyAMA*", "serial/by-id/*"),
            "dialout",
            "connect the base's controller, or run with sim:=embedded",
        ),
    ]


def _kind(devices: Path, name: str, patterns: tuple[str, ...], group: str, advice: str) -> Finding:
    found = sorted(path for pattern in patterns for path in devices.glob(pattern))
    if not found:
        return Finding(name, Level.NOTE, "none found", advice)
    closed = [path for path in found if not os.access(path, os.R_OK | os.W_OK)]
    if closed:
        return Finding(
            name,
            Level.OPTIONAL,
            f"{', '.join(map(str, closed))} may not be opened by this user",
            f"sudo usermod -aG {group} $USER, then log in again",
        )
    return Finding(name, Level.OK, ", ".join(map(str, found)))
