# SPDX-License-Identifier: Apache-2.0
"""An append-only log in which each line carries the hash of the line before: a change or a gap shows.

Lines name people by id only, so that deleting a person leaves nothing personal here.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from face_perception.errors import GalleryError
from ronda_core.clock import Clock

_START = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditProblem:
    """The first line (from 1) at which the chain does not hold, and why."""

    line: int
    reason: str


class AuditLog:
    """One file of JSON lines. Several processes may append."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.path = path
        self._clock = clock

    def append(self, action: str, *, person_id: str = "", requested_by: str = "", **details: str | float | int) -> None:
        """Write one event, on disk when this returns. Raises GalleryError when it cannot be written."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                event: dict[str, object] = {
                    "time": round(self._clock.now(), 3),
                    "action": action,
                    "person_id": person_id,
                    "requested_by": requested_by,
                    **details,
                    "previous": _last_hash(file.fileno()),
                }
                event["hash"] = _digest(event)
                file.write(json.dumps(event, sort_keys=True).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise GalleryError(
                f"audit log {self.path} cannot be written: {error.strerror}", hint="free space on the disk"
            ) from error

    def verify(self) -> tuple[int, AuditProblem | None]:
        """Return the number of lines, and the first problem if the chain is broken."""
        if not self.path.exists():
            return 0, None
        previous, count = _START, 0
        for count, line in enumerate(self.path.read_bytes().splitlines(), start=1):
            try:
                event = json.loads(line)
                stated = event.pop("hash")
            except (ValueError, KeyError, AttributeError, TypeError):
                return count, AuditProblem(count, "is no event")
            if event.get("previous") != previous:
                return count, AuditProblem(count, "does not follow the line before: lines were removed or reordered")
            if _digest(event) != stated:
                return count, AuditProblem(count, "was changed after it was written")
            previous = stated
        return count, None


def _digest(event: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()


def _last_hash(handle: int) -> str:
    """Return the hash of the last complete line; a line cut off by a crash is ended first."""
    size = os.fstat(handle).st_size
    if size == 0:
        return _START
    tail = os.pread(handle, 65536, max(0, size - 65536))
    if not tail.endswith(b"\n"):
        # Never joined to what a killed process left behind; verify() will point at the broken line.
        os.write(handle, b"\n")
        tail += b"\n"
    for line in reversed(tail.splitlines()):
        try:
            return str(json.loads(line)["hash"])
        except (ValueError, KeyError, TypeError):
            continue
    return _START
