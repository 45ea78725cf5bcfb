# SPDX-License-Identifier: Apache-2.0
"""Driver for boards that speak the text protocol of the ROS Arduino bridge: `e` encoders, `m L R` speeds, `o L R` duty.

The protocol has no checksum, no identity and a slow watchdog of its own (2 s by default). This driver at least refuses
to go on after it was not served for a while; when the computer hangs, the wheels turn until the board's own time-out.
"""

from robot_base.drivers.ports import DriveReading
from robot_base.drivers.text_line import TextLine
from robot_base.errors import CommandRefusedError, LinkLostError, ProtocolError
from robot_base.gate_types import Drive
from ronda_core.clock import Clock, SystemClock

_LOOPS_PER_SECOND = 30  # `m` takes encoder ticks per control loop, and the bridge's loop runs at 30 Hz
_WATCHDOG = 0.2  # s


class ArduinoPort:
    """DrivePort over the text protocol."""

    def __init__(self, device: str, baud: int, ticks_per_metre: float, clock: Clock | None = None) -> None:
        self.name = device
        self._baud = baud
        self._ticks_per_metre = ticks_per_metre
        self._clock = clock or SystemClock()
        self._line: TextLine | None = None
        self._armed = self._latched = False
        self._served_at = float("-inf")

    def open(self) -> str:
        """Read the encoders and command a stop. Raises LinkError."""
        self._line = TextLine(self.name, self._baud, clock=self._clock)
        try:
            self._speeds(0.0, 0.0)
            self._encoders()
        except Exception:
            self.close()
            raise
        self._armed = self._latched = False
        return "Arduino bridge"

    def close(self) -> None:
        """Leave the line."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def exchange(self, left: float, right: float) -> DriveReading:
        """See DrivePort."""
        now = self._clock.monotonic()
        if self._armed and now - self._served_at > _WATCHDOG:
            self._latched = True
        if left == 0 and right == 0:
            self._latched = False
        self._served_at = now
        driving = self._armed and not self._latched
        self._speeds(left if driving else 0.0, right if driving else 0.0)
        left_ticks, right_ticks = self._encoders()
        condition = Drive.WATCHDOG if self._latched else Drive.READY if self._armed else Drive.DISARMED
        return DriveReading(condition, left_ticks, right_ticks, self._ticks_per_metre)

    def arm(self) -> None:
        """See DrivePort."""
        self._speeds(0.0, 0.0)
        self._armed, self._latched = True, False
        self._served_at = self._clock.monotonic()

    def disarm(self) -> None:
        """See DrivePort."""
        self._armed = False
        self._speeds(0.0, 0.0)

    def clear_fault(self) -> None:
        """See DrivePort. The protocol knows no faults."""
        self.disarm()

    def estop(self) -> None:
        """See DrivePort: the duty cycle is set to zero, past the speed control."""
        self._armed = False
        self._expect_ok("o 0 0")

    def _speeds(self, left: float, right: float) -> None:
        ticks = [round(speed * self._ticks_per_metre / _LOOPS_PER_SECOND) for speed in (left, right)]
        self._expect_ok(f"m {ticks[0]} {ticks[1]}")

    def _expect_ok(self, command: str) -> None:
        answer = self._text().ask(command)
        if answer.startswith("Invalid"):
            raise CommandRefusedError(f"{self.name} refuses '{command}'")
        if answer != "OK":
            raise ProtocolError(f"{self.name} answers '{answer[:40]}' to '{command}'", hint="is it an Arduino bridge?")

    def _encoders(self) -> tuple[int, int]:
        answer = self._text().ask("e")
        try:
            left, right = (int(part) for part in answer.split())
        except ValueError as error:
            raise ProtocolError(
                f"{self.name} answers '{answer[:40]}' to 'e'", hint="is it an Arduino bridge?"
            ) from error
        return left, right

    def _text(self) -> TextLine:
        if self._line is None:
            raise LinkLostError(f"{self.name} is not open")
        return self._line
