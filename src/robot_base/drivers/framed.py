# SPDX-License-Identifier: Apache-2.0
"""Driver for devices that speak Ronda's wire protocol: drive, barrier and relays on one line."""

import secrets
import select
from collections.abc import Callable

from robot_base.barrier import reason_text
from robot_base.drivers.ports import BarrierCondition, BarrierReading, DriveReading
from robot_base.errors import CommandRefusedError, LinkError, LinkLostError, ProtocolError
from robot_base.gate_types import Drive
from robot_base.serial_line import SerialLine
from robot_base.wire.frame import VERSION, Frame, FrameReader, encode
from robot_base.wire.messages import (
    Code,
    Command,
    DriveMode,
    Hello,
    Inputs,
    Result,
    Setpoint,
    Telemetry,
    Type,
    Welcome,
    heartbeat,
    parse_ack,
    parse_echo,
    parse_telemetry,
    parse_welcome,
)
from ronda_core.clock import Clock, SystemClock

_DRIVES = {
    DriveMode.DISARMED: Drive.DISARMED,
    DriveMode.ARMED: Drive.READY,
    DriveMode.WATCHDOG: Drive.WATCHDOG,
    DriveMode.FAULT: Drive.FAULT,
    DriveMode.ESTOP: Drive.ESTOP,
}
_SILENCE = 0.25  # s without telemetry: the link is lost
_GREETING = 1.5  # s to wait for a WELCOME
_TRIES, _PATIENCE = 4, 0.05  # times a command is sent, s to wait for its ACK each time


class FramedPort:
    """DrivePort, BarrierPort and RelayPort over one line."""

    def __init__(self, device: str, baud: int = 460800, clock: Clock | None = None) -> None:
        self.name = device
        self._baud = baud
        self._clock = clock or SystemClock()
        self._line: SerialLine | None = None
        self._reader = FrameReader()
        self._sequence = 0
        self._session = 0
        self._welcome: Welcome | None = None
        self._telemetry: Telemetry | None = None
        self._heard_at = 0.0
        self.round_trip = float("nan")

    def open(self) -> str:
        """Open the line, open a session. Raises LinkError saying why nobody useful answers."""
        self._line = SerialLine(self.name, self._baud)
        self._reader = FrameReader()
        self._session = secrets.randbits(32) | 1
        self._welcome = self._telemetry = None
        try:
            self._greet()
        except LinkError:
            self.close()
            raise
        welcome = self._welcome
        assert welcome is not None
        major, minor, patch = welcome.firmware
        return f"{welcome.board}, firmware {major}.{minor}.{patch}"

    def _greet(self) -> None:
        end, received = self._clock.monotonic() + _GREETING, 0
        versions: set[int] = set()
        while self._welcome is None:
            if self._clock.monotonic() > end:
                raise self._nobody(received, versions)
            self._send(Hello(self._session).frame(self._next()))
            pause = self._clock.monotonic() + 0.1
            while self._welcome is None and self._clock.monotonic() < pause:
                data = self._wait(0.02)
                received += len(data)
                for frame in self._reader.feed(data):
                    versions.add(frame.version)
                    self._take(frame)
        self._wait_for(lambda: self._telemetry is not None, 0.5)

    def _nobody(self, received: int, versions: set[int]) -> LinkError:
        if versions - {VERSION}:
            found = ", ".join(map(str, sorted(versions - {VERSION})))
            return ProtocolError(
                f"the device on {self.name} speaks version {found} of the protocol, this program version {VERSION}",
                hint="flash the firmware that belongs to this release",
            )
        if received:
            return ProtocolError(
                f"{self.name} sends bytes, but none of the {received} make sense at {self._baud} baud",
                hint="another baud rate, or a device of another kind? see drivers in docs/base.md",
            )
        return LinkError(f"nothing answers on {self.name}", hint="is the device powered, and is it this port?")

    def close(self) -> None:
        """Leave the line."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def exchange(self, left: float, right: float) -> DriveReading:
        """See DrivePort."""
        now = self._clock.monotonic()
        setpoint = encode(Setpoint(self._session, left, right).frame(self._next()))
        beat = encode(heartbeat(self._session, round(now * 1000), self._next()))
        self._write(setpoint + beat)
        self._pump(0.0)
        return self._reading(self._fresh())

    def _reading(self, told: Telemetry) -> DriveReading:
        assert self._welcome is not None
        return DriveReading(
            condition=_DRIVES[told.mode],
            left_ticks=told.left_ticks,
            right_ticks=told.right_ticks,
            ticks_per_metre=self._welcome.ticks_per_metre,
            left_speed=told.left_speed,
            right_speed=told.right_speed,
            left_current=told.left_current,
            right_current=told.right_current,
            voltage=told.voltage,
            temperature=told.temperature,
            bumper=Inputs.BUMPER in told.inputs,
            estop=Inputs.ESTOP in told.inputs or told.mode is DriveMode.ESTOP,
            faults=tuple(fault.name.lower() for fault in told.faults if fault.name),
            command_age=told.command_age_ms / 1000,
        )

    def arm(self) -> None:
        """See DrivePort."""
        self.exchange(0.0, 0.0)
        self.command(Code.ARM)

    def disarm(self) -> None:
        """See DrivePort."""
        self.command(Code.DISARM)

    def clear_fault(self) -> None:
        """See DrivePort."""
        self.command(Code.ESTOP_RESET)
        self.command(Code.CLEAR_FAULT)

    def estop(self) -> None:
        """See DrivePort."""
        self.command(Code.ESTOP)

    def read_barrier(self) -> BarrierReading:
        """See BarrierPort."""
        self._send(heartbeat(self._session, round(self._clock.monotonic() * 1000), self._next()))
        self._pump(0.0)
        self._fresh()
        return self.last_barrier()

    def last_barrier(self) -> BarrierReading:
        """The barrier as last told, without asking. From any thread."""
        told = self._telemetry
        if told is None:
            return BarrierReading(BarrierCondition.UNKNOWN, False, False, False, 0)
        return BarrierReading(
            condition=BarrierCondition(told.barrier_state),
            loop=Inputs.LOOP in told.inputs,
            beam=Inputs.BEAM in told.inputs,
            fire_open=told.fire_open,
            movements=told.barrier_movements,
            reason=reason_text(told.barrier_reason),
            fire=Inputs.FIRE in told.inputs,
        )

    def open_barrier(self) -> None:
        """See BarrierPort."""
        self.command(Code.BARRIER_OPEN)

    def close_barrier(self, *, forced: bool = False) -> None:
        """See BarrierPort."""
        self.command(Code.BARRIER_CLOSE, value=int(forced))

    def stop_barrier(self) -> None:
        """See BarrierPort."""
        self.command(Code.BARRIER_STOP)

    def reset_barrier(self) -> None:
        """See BarrierPort."""
        self.command(Code.BARRIER_RESET)

    def auto_close(self, on: bool) -> None:
        """See BarrierPort."""
        self.command(Code.BARRIER_AUTO_CLOSE, value=int(on))

    def fire_alarm(self, on: bool) -> None:
        """See BarrierPort."""
        self.command(Code.BARRIER_FIRE, value=int(on))

    def hold_open(self) -> None:
        """See BarrierPort."""
        self.command(Code.BARRIER_FIRE, value=2)

    def switch(self, index: int, closed: bool, pulse: float = 0.0) -> None:
        """See RelayPort."""
        self.command(Code.RELAY, index, 0 if not closed else round(pulse * 1000) if pulse > 0 else -1)

    def relay_states(self) -> list[bool]:
        """See RelayPort."""
        self._fresh()
        return self.last_relays()

    def last_relays(self) -> list[bool]:
        """The relays as last told, without asking. From any thread."""
        told, welcome = self._telemetry, self._welcome
        if told is None or welcome is None:
            return []
        return [bool(told.relays >> index & 1) for index in range(welcome.relays)]

    def command(self, code: Code, index: int = 0, value: int = 0) -> None:
        """Have something done once. Raises CommandRefusedError with its reason, LinkLostError without an answer."""
        sequence = self._next()
        frame = Command(self._session, code, index, value).frame(sequence)
        answers: list[Result] = []
        for _ in range(_TRIES):
            self._send(frame)
            end = self._clock.monotonic() + _PATIENCE
            while not answers and self._clock.monotonic() < end:
                self._pump(_PATIENCE / 5, lambda ack: answers.append(parse_ack(ack.payload)), sequence)
            if answers:
                break
        else:
            raise LinkLostError(f"{self.name} did not acknowledge {code.name} after {_TRIES} tries")
        if answers[0] is Result.WRONG_SESSION:
            raise LinkLostError(f"{self.name} was restarted")
        if answers[0] is Result.UNKNOWN:
            raise CommandRefusedError(
                f"{self.name} does not know {code.name.lower()}",
                hint="it lacks that part, or its firmware is older than this program",
            )
        if answers[0] is not Result.DONE:
            raise CommandRefusedError(f"{self.name} refuses {code.name.lower()}: {answers[0].name.lower()}")

    def ping(self, timeout: float = 0.5) -> float:
        """Seconds from a heartbeat to its echo. Raises LinkLostError when none comes."""
        sequence = self._next()
        started = self._clock.monotonic()
        self._send(heartbeat(self._session, round(started * 1000), sequence))
        while (elapsed := self._clock.monotonic() - started) < timeout:
            for frame in self._reader.feed(self._wait(timeout - elapsed)):
                if frame.type == Type.ECHO and frame.sequence == sequence:
                    return self._clock.monotonic() - started
                self._take(frame)
        raise LinkLostError(f"{self.name} does not echo")

    def _fresh(self) -> Telemetry:
        told, welcome = self._telemetry, self._welcome
        if told is None or welcome is None or self._clock.monotonic() - self._heard_at > _SILENCE:
            raise LinkLostError(f"{self.name} is silent")
        if told.boot_id != welcome.boot_id or told.session != self._session:
            raise LinkLostError(f"{self.name} was restarted")
        return told

    def _next(self) -> int:
        self._sequence = (self._sequence + 1) & 0xFFFF
        return self._sequence

    def _send(self, frame: Frame) -> None:
        self._write(encode(frame))

    def _write(self, data: bytes) -> None:
        if self._line is None:
            raise LinkLostError(f"{self.name} is not open")
        self._line.write(data)

    def _wait(self, seconds: float) -> bytes:
        if self._line is None:
            raise LinkLostError(f"{self.name} is not open")
        if seconds > 0:
            select.select([self._line], [], [], seconds)
        return self._line.read()

    def _wait_for(self, condition: Callable[[], bool], seconds: float) -> None:
        end = self._clock.monotonic() + seconds
        while not condition():
            if self._clock.monotonic() > end:
                raise LinkLostError(f"{self.name} answers but sends no telemetry")
            self._pump(0.02)

    def _pump(self, seconds: float, on_ack: Callable[[Frame], None] | None = None, sequence: int = -1) -> None:
        for frame in self._reader.feed(self._wait(seconds)):
            if frame.version == VERSION and frame.type == Type.ACK and frame.sequence == sequence and on_ack:
                on_ack(frame)
            else:
                self._take(frame)

    def _take(self, frame: Frame) -> None:
        if frame.version != VERSION:
            return
        if frame.type == Type.TELEMETRY:
            self._telemetry = parse_telemetry(frame.payload)
            self._heard_at = self._clock.monotonic()
        elif frame.type == Type.WELCOME:
            welcome = parse_welcome(frame.payload)
            if welcome.session == self._session:
                self._welcome = welcome
        elif frame.type == Type.ECHO:
            sent = parse_echo(frame.payload)
            self.round_trip = ((round(self._clock.monotonic() * 1000) - sent) & 0xFFFFFFFF) / 1000
