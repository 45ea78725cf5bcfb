# SPDX-License-Identifier: Apache-2.0
"""The last resort against orphans: a process of its own that ends everything a launch started when the launcher dies.

It reads lines from its standard input: `+ID` and `-ID` for a session (the process id of its leader) that begins and
ends. The end of the input without `done` before it means that the launcher is gone. Standard library only, so that it
starts in a moment: `python -I -S guardian.py MARK`.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path

# The environment variable by which every process of one launch is known, whoever started it.
MARK = "RONDA_LAUNCH_ID"
STEPS = ((signal.SIGINT, 3.0), (signal.SIGTERM, 2.0), (signal.SIGKILL, 2.0))
_POLL_S = 0.05


def members(mark: str, sessions: Iterable[int] = ()) -> set[int]:
    """List the living processes that carry `mark` in their environment or belong to one of `sessions`."""
    wanted = set(sessions)
    entry = f"{MARK}={mark}".encode()
    found = set()
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            # The name in brackets may contain anything; state, parent, group and session follow it.
            state, _, _, session = (folder / "stat").read_text().rpartition(")")[2].split()[:4]
            marked = int(session) in wanted or entry in (folder / "environ").read_bytes().split(b"\0")
        except (OSError, ValueError):
            continue
        if marked and state not in "ZX":
            found.add(int(folder.name))
    return found


def sweep(mark: str, sessions: Iterable[int] = (), steps: Iterable[tuple[signal.Signals, float]] = STEPS) -> set[int]:
    """End every member: each signal is followed by at most so many seconds of waiting; return who is left."""
    known = set(sessions)
    left = members(mark, known)
    for number, limit_s in steps:
        for process in left:
            try:
                os.kill(process, number)
            except OSError:
                continue
        deadline = time.monotonic() + limit_s
        while left and time.monotonic() < deadline:
            time.sleep(_POLL_S)
            left = members(mark, known)
        if not left:
            break
    return left


def watch(mark: str) -> int:
    """Follow the launcher until it says that it is done, or dies."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sessions: set[int] = set()
    for line in sys.stdin:
        word = line.strip()
        if word == "done":
            return 0
        (sessions.add if word.startswith("+") else sessions.discard)(int(word[1:]))
    return 1 if sweep(mark, sessions) else 0


if __name__ == "__main__":
    sys.exit(watch(sys.argv[1]))
