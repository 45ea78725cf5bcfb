# SPDX-License-Identifier: Apache-2.0
"""The launcher's side of the guardian."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import uuid
from types import TracebackType

from ronda_cli.process import guardian


class Guard:
    """Starts the guardian, tells it about sessions, and cleans up when the launch ends."""

    def __init__(self) -> None:
        """Choose a mark for the environment of everything that the launch starts."""
        self.mark = uuid.uuid4().hex
        self._sessions: set[int] = set()
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Guard:
        """Start the guardian, in a session of its own, out of reach of the terminal's signals."""
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", guardian.__file__, self.mark],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            text=True,
            env={},
        )
        return self

    def began(self, session: int) -> None:
        """Report a process that leads a session."""
        self._sessions.add(session)
        self._tell(f"+{session}")

    def ended(self, session: int) -> None:
        """Report that a session's leader has been waited for; it is forgotten once nobody is left in it."""
        if not guardian.members("", [session]):
            self._sessions.discard(session)
            self._tell(f"-{session}")

    def leftovers(self) -> set[int]:
        """List what is still alive of everything that was started, directly or not."""
        return guardian.members(self.mark, self._sessions)

    def sweep(self) -> set[int]:
        """End what is still alive; return what could not be ended."""
        return guardian.sweep(self.mark, self._sessions)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End what is left and let the guardian go."""
        self.sweep()
        if self._process is None:
            return
        self._tell("done")
        if self._process.stdin:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        self._process.wait()

    def _tell(self, line: str) -> None:
        if self._process is None or self._process.stdin is None:
            return
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            # The guardian was killed: the direct children still die with the launcher (see child.py).
            self._process.stdin = None
