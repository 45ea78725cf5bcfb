# SPDX-License-Identifier: Apache-2.0
"""Question and answer over a serial line of text."""

import select

from robot_base.errors import LinkLostError, ProtocolError
from robot_base.serial_line import SerialLine
from ronda_core.clock import Clock, SystemClock

_MAX_LINE = 256


class TextLine:
    """Sends a line and waits for the device's, which end with carriage return or line feed."""

    def __init__(self, name: str, baud: int, timeout: float = 0.1, clock: Clock | None = None) -> None:
        self.name = name
        self._line = SerialLine(name, baud)
        self._timeout = timeout
        self._clock = clock or SystemClock()
        self._buffer = b""

    def ask(self, question: str) -> str:
        """Send `question` and return the first line that comes back. Raises LinkLostError when none does in time."""
        self._buffer = b""
        self._line.read()  # late answers to earlier questions
        self._line.write(question.encode("ascii") + b"\r")
        return self.next_line()

    def next_line(self) -> str:
        """The next non-empty line. Raises LinkLostError or, for what is no text, ProtocolError."""
        end = self._clock.monotonic() + self._timeout
        while True:
            line, separator, rest = self._buffer.replace(b"\r", b"\n").partition(b"\n")
            if separator:
                self._buffer = rest
                if line.strip():
                    return self._text(line)
                continue
            if len(self._buffer) > _MAX_LINE:
                raise ProtocolError(f"{self.name} sends no lines", hint="another baud rate, or another device?")
            remaining = end - self._clock.monotonic()
            if remaining <= 0:
                raise LinkLostError(f"{self.name} does not answer")
            select.select([self._line], [], [], remaining)
            self._buffer += self._line.read()

    def _text(self, line: bytes) -> str:
        try:
            return line.strip().decode("ascii")
        except UnicodeDecodeError as error:
            raise ProtocolError(f"{self.name} sends no text", hint="another baud rate, or another device?") from error

    def close(self) -> None:
        """Leave the line."""
        self._line.close()
