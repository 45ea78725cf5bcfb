# SPDX-License-Identifier: Apache-2.0
"""Driver for Roboteq motor controllers (two channels, ASCII protocol of the Roboteq user manual).

After its own time-out (RWD) a Roboteq takes up the *previous* speed with the next valid command. So the time-out is set
to 200 ms on opening, and whenever the controller may have timed out, zero is sent before any speed; the base counts as
stopped by its watchdog until zero has been commanded from above, too.
"""

from robot_base.drivers.ports import DriveReading
from robot_base.drivers.text_line import TextLine
from robot_base.errors import CommandRefusedError, LinkLostError, ProtocolError
from robot_base.gate_types import Drive
from ronda_core.clock import Clock, SystemClock

_WATCHDOG = 0.2  # s
_FULL = 1000  # command units of full speed
# Fault flags of query FF, lowest bit first.
_FAULTS = ("overheated", "overvoltage", "undervoltage", "short_circuit", "estop", "sensor", "mosfet", "configuration")
_ESTOP_BIT = 1 << _FAULTS.index("estop")


class RoboteqPort:
    """DrivePort. `max_speed` is the rim's speed in m/s at full command (closed loop speed mode: set by MXRPM)."""

    def __init__(
        self, device: str, baud: int, ticks_per_metre: float, max_speed: float, clock: Clock | None = None
    ) -> None:
        self.name = device
        self._baud = baud
        self._ticks_per_metre = ticks_per_metre
        self._max_speed = max_speed
        self._clock = clock or SystemClock()
        self._line: TextLine | None = None
        self._armed = self._latched = False
        self._sent_at = float("-inf")

    def open(self) -> str:
        """Identify the controller, set its time-out, command zero. Raises LinkError."""
        self._line = TextLine(self.name, self._baud, clock=self._clock)
        try:
            who = self._query("FID")
            self._confirm(f"^RWD {round(_WATCHDOG * 1000)}")
            self._confirm("!EX")
            self._speeds(0.0, 0.0)
        except Exception:
            self.close()
            raise
        self._armed = self._latched = False
        return f"Roboteq {who}"

    def close(self) -> None:
        """Leave the line; the controller's own time-out stops it."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def exchange(self, left: float, right: float) -> DriveReading:
        """See DrivePort."""
        flags = int(self._query("FF"))
        condition = self._condition(flags)
        zero = left == 0 and right == 0
        late = self._clock.monotonic() - self._sent_at > _WATCHDOG
        if late or self._latched:
            # What the controller would resume is not wanted; and motion needs a zero from above first.
            self._speeds(0.0, 0.0)
            self._latched = condition is Drive.READY and not zero
            condition = Drive.WATCHDOG if self._latched else condition
        driving = condition is Drive.READY
        self._speeds(left if driving else 0.0, right if driving else 0.0)
        left_ticks, right_ticks = self._pair("C")
        left_rpm_share, right_rpm_share = self._pair("F")
        left_amps, right_amps = self._pair("A")
        return DriveReading(
            condition=condition,
            left_ticks=left_ticks,
            right_ticks=right_ticks,
            ticks_per_metre=self._ticks_per_metre,
            left_speed=left_rpm_share / _FULL * self._max_speed,
            right_speed=right_rpm_share / _FULL * self._max_speed,
            left_current=left_amps / 10,
            right_current=right_amps / 10,
            voltage=int(self._query("V", 2)) / 10,
            temperature=float(self._query("T", 1)),
            estop=bool(flags & _ESTOP_BIT),
            faults=tuple(name for bit, name in enumerate(_FAULTS) if flags >> bit & 1),
        )

    def _condition(self, flags: int) -> Drive:
        if flags & _ESTOP_BIT:
            self._armed = False
            return Drive.ESTOP
        if flags:
            self._armed = False
            return Drive.FAULT
        return Drive.READY if self._armed else Drive.DISARMED

    def arm(self) -> None:
        """See DrivePort."""
        flags = int(self._query("FF"))
        if flags:
            names = ", ".join(name for bit, name in enumerate(_FAULTS) if flags >> bit & 1)
            raise CommandRefusedError(f"{self.name} reports: {names}")
        self._speeds(0.0, 0.0)
        self._armed, self._latched = True, False

    def disarm(self) -> None:
        """See DrivePort."""
        self._speeds(0.0, 0.0)
        self._armed = False

    def clear_fault(self) -> None:
        """See DrivePort. Roboteq clears its faults itself; this releases the emergency stop."""
        self._armed = False
        self._confirm("!MG")

    def estop(self) -> None:
        """See DrivePort."""
        self._armed = False
        self._confirm("!EX")

    def _speeds(self, left: float, right: float) -> None:
        for channel, speed in ((1, left), (2, right)):
            share = max(-1.0, min(1.0, speed / self._max_speed))
            self._confirm(f"!G {channel} {round(share * _FULL)}")
        self._sent_at = self._clock.monotonic()

    def _confirm(self, command: str) -> None:
        answer = self._text().ask(command)
        if answer == "-":
            raise CommandRefusedError(f"{self.name} refuses '{command}'")
        if answer != "+":
            raise ProtocolError(f"{self.name} answers '{answer[:40]}' to '{command}'", hint="is it a Roboteq?")

    def _query(self, name: str, index: int | None = None) -> str:
        question = f"?{name}" + ("" if index is None else f" {index}")
        key, separator, value = self._text().ask(question).partition("=")
        if key != name or not separator or (name != "FID" and not value.lstrip("-").isdigit()):
            raise ProtocolError(f"{self.name} answers '{key[:40]}' to '{question}'", hint="is it a Roboteq?")
        return value

    def _pair(self, name: str) -> tuple[int, int]:
        return int(self._query(name, 1)), int(self._query(name, 2))

    def _text(self) -> TextLine:
        if self._line is None:
            raise LinkLostError(f"{self.name} is not open")
        return self._line
