# SPDX-License-Identifier: Apache-2.0
"""What the processes print: on the terminal behind each one's name, and in a log file."""

from __future__ import annotations

import contextlib
import sys
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

# 256-colour codes that are readable on dark and on light terminals.
_COLOURS = (33, 34, 35, 36, 91, 92, 94, 95, 96, 31)
# On the terminal: standard output, standard error. Everything goes to the log file.
_SHOWN = {
    "screen": (True, True),
    "both": (True, True),
    "full": (True, True),
    "log": (False, True),
    "own_log": (False, False),
}


class Output:
    """Writes lines; `broken` is called once when nobody reads the terminal side any more."""

    def __init__(self, terminal: TextIO, errors: TextIO, log: TextIO | None, broken: Callable[[], None]) -> None:
        """Write to `terminal`, the launcher's own words to `errors`, everything to `log`."""
        self._terminal = terminal
        self._errors = errors
        self._log = log
        self._broken = broken
        self._colour = terminal.isatty()

    def line(self, name: str, output: str, text: str, is_error: bool) -> None:
        """Write one line of the process `name`; `output` is its attribute in the launch file."""
        self._record(name, text)
        if not _SHOWN[output][is_error]:
            return
        prefix = f"[{name}]"
        if self._colour:
            prefix = f"\033[{_COLOURS[zlib.crc32(name.encode()) % len(_COLOURS)]}m{prefix}\033[0m"
        self._write(self._terminal, f"{prefix} {text}\n")

    def say(self, text: str) -> None:
        """Write the launcher's own word."""
        self._record("launch", text)
        self._write(self._errors, f"{text}\n")

    def _record(self, name: str, text: str) -> None:
        if self._log is not None:
            self._log.write(f"{datetime.now(UTC).isoformat(timespec='milliseconds')} [{name}] {text}\n")

    def _write(self, stream: TextIO, text: str) -> None:
        try:
            stream.write(text)
            stream.flush()
        except (BrokenPipeError, ValueError):
            self._broken()


@contextlib.contextmanager
def log_file(folder: Path, name: str) -> Iterator[TextIO | None]:
    """Open a new log file in `folder` for the block; None where that cannot be done."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / name).open("w", buffering=1)
    except OSError:
        sys.stderr.write(f"warning: no log file: {folder} cannot be written\n")
        yield None
        return
    with file:
        yield file
