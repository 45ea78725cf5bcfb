# SPDX-License-Identifier: Apache-2.0
"""Compiles the reference firmware for this computer, once for each state of its sources."""

import contextlib
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from robot_base.errors import FirmwareBuildError
from ronda_core.errors import RondaError
from ronda_core.paths import data_dir, share_dir

PROGRAMS = ("simulate", "codec", "fuzz")
_FLAGS = ["-std=c++17", "-O2", "-Wall", "-Wextra"]
_SANITIZERS = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]


def sources() -> Path:
    """The folder of the firmware: that of the source tree, or the installed one. Raises FirmwareBuildError."""
    candidates = [Path(__file__).parents[2] / "firmware"]
    with contextlib.suppress(RondaError):
        candidates.append(share_dir() / "firmware")
    for folder in candidates:
        if (folder / "lib" / "ronda" / "device.hpp").is_file():
            return folder
    raise FirmwareBuildError("the sources of the firmware are not installed", hint="run it from the source tree")


def program(name: str) -> Path:
    """The compiled program `name` (one of PROGRAMS), built if need be. Raises FirmwareBuildError with the output."""
    folder = sources()
    files = sorted([*folder.glob("lib/ronda/*.hpp"), *folder.glob("host/*")])
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
    target = data_dir() / "firmware" / digest / name
    if not target.exists():
        _compile(folder / "host" / f"{name}.cpp", target, _SANITIZERS if name == "fuzz" else [])
    return target


def _compile(source: Path, target: Path, flags: list[str]) -> None:
    compiler = os.environ.get("CXX") or shutil.which("g++") or shutil.which("clang++")
    if compiler is None:
        raise FirmwareBuildError("there is no C++ compiler", hint="install g++ (Debian, Ubuntu: apt install g++)")
    target.parent.mkdir(parents=True, exist_ok=True)
    # Renamed when done: another process may be building the same.
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    done = subprocess.run([compiler, *_FLAGS, *flags, str(source), "-o", str(partial)], capture_output=True, text=True)
    if done.returncode != 0:
        raise FirmwareBuildError(f"{compiler} cannot compile {source}:\n{done.stderr.strip()}")
    partial.rename(target)
