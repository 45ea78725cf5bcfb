# SPDX-License-Identifier: Apache-2.0
"""The gate's own memory: what happened goes into a local file first, and from there into the ledger, in order.

One path for good days and bad ones: while the ledger is away the file grows, afterwards it is applied. Applying a
record twice changes nothing (its key is in the ledger): a gate that is killed in between loses and doubles nothing.
"""

from __future__ import annotations

import json
import os
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from parking_robot.errors import JournalError


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that happened. ``key`` is unique; ``facts`` are JSON values."""

    key: str
    kind: str
    gate: str
    at: datetime
    passage: str = ""
    stay_id: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


class Journal:
    """A file of JSON lines. Any thread may add; one thread takes."""

    def __init__(self, path: Path) -> None:
        """Open or create the file and read what an earlier run has left. Raises JournalError."""
        self._path = path
        self._lock = threading.Lock()
        self._waiting: deque[Record] = deque()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Unbuffered: what a full disk refused must not be written by a later flush.
            self._file = path.open("ab+", buffering=0)
        except OSError as error:
            raise _refused(path, error) from error
        try:
            self._read()
        except JournalError:
            self._file.close()
            raise

    def __len__(self) -> int:
        return len(self._waiting)

    def close(self) -> None:
        """Close the file; what waits stays in it."""
        self._file.close()

    def add(self, record: Record) -> None:
        """Keep a record: it is on the disk when this returns. Raises JournalError, and then nothing is kept."""
        with self._lock:
            start = self._file.seek(0, os.SEEK_END)
            try:
                line = _line(record)
                if self._file.write(line) != len(line):
                    raise OSError("the disk is full")
                os.fsync(self._file.fileno())
            except OSError as error:
                self._cut(start)
                raise _refused(self._path, error) from error
            self._waiting.append(record)

    def first(self) -> Record | None:
        """Return the oldest record that is not in the ledger yet."""
        with self._lock:
            return self._waiting[0] if self._waiting else None

    def done(self) -> None:
        """Forget the oldest record: the ledger has it. The file is emptied when none is left."""
        with self._lock:
            self._waiting.popleft()
            if not self._waiting:
                self._cut(0)

    def _read(self) -> None:
        self._file.seek(0)
        whole = 0
        for line in self._file:
            if not line.endswith(b"\n"):
                break
            self._waiting.append(_record(line, self._path))
            whole += len(line)
        # A line that was cut off by a crash was never acknowledged.
        self._cut(whole)

    def _cut(self, size: int) -> None:
        try:
            self._file.truncate(size)
        except OSError as error:
            # The records are applied or refused already; a longer file is applied again, which changes nothing.
            raise _refused(self._path, error) from error


def _line(record: Record) -> bytes:
    content = {
        "key": record.key, "kind": record.kind, "gate": record.gate, "at": record.at.isoformat(),
        "passage": record.passage, "stay": record.stay_id, "facts": dict(record.facts),
    }  # fmt: skip
    return json.dumps(content, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def _record(line: bytes, path: Path) -> Record:
    try:
        content = json.loads(line)
        return Record(
            content["key"], content["kind"], content["gate"], datetime.fromisoformat(content["at"]),
            content["passage"], content["stay"], content["facts"],
        )  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        raise JournalError(
            f"the gate's journal {path} holds a line that is no record: {error}",
            hint="move the file away and look at it",
        ) from error


def _refused(path: Path, error: OSError) -> JournalError:
    return JournalError(f"the gate's journal {path} cannot be written: {error}", hint="check disk space and rights")
