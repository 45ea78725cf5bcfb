# SPDX-License-Identifier: Apache-2.0
"""A terminal that gives its keys one by one and is put back in order afterwards."""

import os
import select
import sys
import termios
import tty
from types import TracebackType
from typing import TextIO

from robot_base.errors import TeleoperationError


class KeyTerminal:
    """Context in which keys come without Enter and are not echoed. Ctrl-C keeps its meaning."""

    def __init__(self, stream: TextIO | None = None) -> None:
        stream = sys.stdin if stream is None else stream
        try:
            self._fd = stream.fileno()
            self._before = termios.tcgetattr(self._fd)
        except (OSError, ValueError, termios.error) as error:
            raise TeleoperationError(
                "there is no keyboard here: standard input is no terminal", hint="run it in a terminal of your own"
            ) from error

    def __enter__(self) -> "KeyTerminal":
        tty.setcbreak(self._fd)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        termios.tcsetattr(self._fd, termios.TCSADRAIN, self._before)

    def read(self, timeout: float) -> bytes | None:
        """Whatever was typed within `timeout` seconds, b"" for nothing, None when the terminal has gone.

        Reads the descriptor itself: a buffered read of one character would hide the others from `select`.
        """
        ready, _, _ = select.select([self._fd], [], [], timeout)
        if not ready:
            return b""
        try:
            return os.read(self._fd, 64) or None
        except OSError:
            return None
