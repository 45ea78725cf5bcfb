# SPDX-License-Identifier: Apache-2.0
"""Room for evidence, and room and order in shared memory."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from ronda_cli.doctor.finding import Finding, Level
from ronda_core.paths import data_dir

# Evidence of a busy week; below it the retention rules would have to delete early.
_DISK_BYTES = 5 * 1024**3
# Each process that takes part in DDS holds a segment of 32 MiB (config/fastdds.xml); a patrol robot has about a dozen.
_SEGMENT_BYTES = 32 * 1024**2
_PARTICIPANTS = 12
_MIB = 1024**2
_SHARED_MEMORY = Path("/dev/shm")


def check(shared_memory: Path = _SHARED_MEMORY) -> list[Finding]:
    """Measure the disk with the data folder and /dev/shm, and look for what dead nodes left in the latter."""
    return [_disk(data_dir()), _shared_memory_size(shared_memory), _leftovers(shared_memory)]


def _disk(folder: Path) -> Finding:
    existing = next(p for p in (folder, *folder.parents) if p.exists())
    free = shutil.disk_usage(existing).free
    if not os.access(existing, os.W_OK):
        return Finding(
            "disk", Level.MISSING, f"{existing} cannot be written", "set RONDA_DATA_DIR to a folder that can"
        )
    text = f"{free / 1024**3:.1f} GiB free for {folder}"
    if free < _DISK_BYTES:
        return Finding("disk", Level.OPTIONAL, text, "free some space, or set RONDA_DATA_DIR to another disk")
    return Finding("disk", Level.OK, text)


def _shared_memory_size(folder: Path) -> Finding:
    if not folder.is_dir():
        return Finding("shared memory", Level.MISSING, f"{folder} is missing", "mount a tmpfs there")
    free = shutil.disk_usage(folder).free
    text = f"{free // _MIB} MiB free in {folder}"
    if free < _PARTICIPANTS * _SEGMENT_BYTES:
        return Finding(
            "shared memory",
            Level.OPTIONAL,
            f"{text}: too little for {_PARTICIPANTS} nodes, pictures may be lost",
            f"give it {_PARTICIPANTS * _SEGMENT_BYTES // _MIB} MiB (docker run --shm-size=512m)",
        )
    return Finding("shared memory", Level.OK, text)


def _leftovers(folder: Path) -> Finding:
    """Count the Fast DDS files that no living process has open."""
    files = {p for p in folder.glob("*fastrtps*") if p.is_file()} | {p for p in folder.glob("*fastdds*") if p.is_file()}
    used = _mapped_files(folder)
    dead = [p for p in files if str(p) not in used]
    if not dead:
        return Finding("shared memory leftovers", Level.OK, "none")
    size = sum(p.stat().st_blocks * 512 for p in dead if p.exists())
    return Finding(
        "shared memory leftovers",
        Level.NOTE,
        f"{len(dead)} files ({size // _MIB} MiB) of nodes that were killed",
        "`fastdds shm clean`",
    )


def _mapped_files(folder: Path) -> set[str]:
    """List the files in `folder` that a process of this user has mapped or open."""
    used: set[str] = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            lines = (process / "maps").read_text().splitlines()
            used.update(line.split(maxsplit=5)[5] for line in lines if str(folder) in line)
            used.update(str(link.readlink()) for link in (process / "fd").iterdir())
        except (OSError, IndexError):
            continue
    return used
