# SPDX-License-Identifier: Apache-2.0
"""The messages inside the frames, as values. Units on the wire are small integers; here they are SI."""

import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag

from robot_base.errors import ProtocolError
from robot_base.wire.frame import Frame


class Type(IntEnum):
    """Frame types. Below 0x80 from the host, above from the device."""

    HELLO = 0x01
    HEARTBEAT = 0x02
    SETPOINT = 0x03
    COMMAND = 0x10
    WELCOME = 0x81
    TELEMETRY = 0x82
    ACK = 0x83
    ECHO = 0x84


class Code(IntEnum):
    """What a COMMAND asks for; `index` and `value` mean what the specification says for each."""

    ARM = 1
    DISARM = 2
    CLEAR_FAULT = 3
    ESTOP = 4
    ESTOP_RESET = 5
    RELAY = 0x10
    BARRIER_OPEN = 0x20
    BARRIER_CLOSE = 0x21
    BARRIER_STOP = 0x22
    BARRIER_RESET = 0x23
    BARRIER_AUTO_CLOSE = 0x24
    BARRIER_FIRE = 0x25


class Result(IntEnum):
    """What became of a COMMAND."""

    DONE = 0
    WRONG_SESSION = 1
    UNKNOWN = 2
    REFUSED_STATE = 3
    REFUSED_ESTOP = 4
    REFUSED_FAULT = 5
    REFUSED_MOVING = 6
    REFUSED_OCCUPIED = 7
    REFUSED_FIRE = 8
    BAD_ARGUMENT = 9


class DriveMode(IntEnum):
    """State of the drive; values as in DriveState."""

    DISARMED = 1
    ARMED = 2
    WATCHDOG = 3
    FAULT = 4
    ESTOP = 5


class Inputs(IntFlag):
    """Digital inputs, active where set."""

    BUMPER = 1
    ESTOP = 2
    LOOP = 4
    BEAM = 8
    FIRE = 16
    BARRIER_OPEN_END = 32
    BARRIER_CLOSED_END = 64


class Faults(IntFlag):
    """Faults of the drive; each stops it until CLEAR_FAULT."""

    OVERCURRENT = 1
    OVERHEATED = 2
    UNDERVOLTAGE = 4
    LEFT_ENCODER = 8
    RIGHT_ENCODER = 16


@dataclass(frozen=True, slots=True)
class Hello:
    """Opens a session. `session` is a random number of this run of the host; a new one disarms the device."""

    session: int

    def frame(self, sequence: int) -> Frame:
        """As a frame."""
        return Frame(Type.HELLO, sequence, _HELLO.pack(self.session))


@dataclass(frozen=True, slots=True)
class Setpoint:
    """Speeds of the wheels' rims in m/s, forward positive. Not acknowledged: the newest one counts."""

    session: int
    left: float
    right: float

    def frame(self, sequence: int) -> Frame:
        """As a frame; speeds are rounded to mm/s. Raises ProtocolError for what is no speed."""
        try:
            return Frame(
                Type.SETPOINT, sequence, _SETPOINT.pack(self.session, round(self.left * 1e3), round(self.right * 1e3))
            )
        except (struct.error, ValueError, OverflowError) as error:
            raise ProtocolError(f"wheel speeds of {self.left} and {self.right} m/s cannot be sent") from error


@dataclass(frozen=True, slots=True)
class Command:
    """Something to be done once and acknowledged; repeated with the same sequence number until it is."""

    session: int
    code: Code
    index: int = 0
    value: int = 0

    def frame(self, sequence: int) -> Frame:
        """As a frame. Raises ProtocolError when an argument does not fit."""
        try:
            return Frame(Type.COMMAND, sequence, _COMMAND.pack(self.session, self.code, self.index, self.value))
        except struct.error as error:
            raise ProtocolError(f"command {self.code.name} with index {self.index}, value {self.value}") from error


@dataclass(frozen=True, slots=True)
class Welcome:
    """The device's answer to HELLO: who it is."""

    session: int
    boot_id: int
    firmware: tuple[int, int, int]
    board: str
    ticks_per_metre: float
    watchdog_ms: int
    relays: int
    has_drive: bool
    has_barrier: bool


@dataclass(frozen=True, slots=True)
class Telemetry:
    """What the device measures, 50 times a second: SI units, ticks as signed 32-bit counters that wrap."""

    session: int
    boot_id: int
    time_ms: int
    left_ticks: int
    right_ticks: int
    left_speed: float
    right_speed: float
    left_current: float
    right_current: float
    voltage: float
    temperature: float
    mode: DriveMode
    inputs: Inputs
    faults: Faults
    command_age_ms: int
    relays: int
    barrier_state: int
    barrier_reason: int
    fire_open: bool
    barrier_movements: int


_HELLO = struct.Struct("<I")
_SETPOINT = struct.Struct("<Ihh")
_COMMAND = struct.Struct("<IBBi")
_HEARTBEAT = struct.Struct("<II")
_WELCOME = struct.Struct("<IIBBB12sIHBB")
_TELEMETRY = struct.Struct("<IIIiihhhhHhBBHHBBBBI")
_ACK = struct.Struct("<B")


def heartbeat(session: int, time_ms: int, sequence: int) -> Frame:
    """A heartbeat of the host; the device sends `time_ms` back in an ECHO."""
    return Frame(Type.HEARTBEAT, sequence, _HEARTBEAT.pack(session, time_ms & 0xFFFFFFFF))


def parse_welcome(payload: bytes) -> Welcome:
    """Raises ProtocolError when the payload is no WELCOME."""
    session, boot, major, minor, patch, board, ticks, watchdog, relays, flags = _unpack(_WELCOME, payload, "WELCOME")
    name = board.rstrip(b"\0").decode("ascii", "replace")
    return Welcome(
        session, boot, (major, minor, patch), name, ticks / 1000, watchdog, relays, bool(flags & 1), bool(flags & 2)
    )


def parse_telemetry(payload: bytes) -> Telemetry:
    """Raises ProtocolError when the payload is no TELEMETRY."""
    (session, boot, time_ms, left, right, v_left, v_right, i_left, i_right, voltage, temperature, mode, inputs, faults,
     age, relays, barrier, reason, fire_open, movements) = _unpack(_TELEMETRY, payload, "TELEMETRY")  # fmt: skip
    try:
        drive = DriveMode(mode)
    except ValueError as error:
        raise ProtocolError(f"TELEMETRY with the unknown drive state {mode}") from error
    return Telemetry(
        session, boot, time_ms, left, right, v_left / 1e3, v_right / 1e3, i_left / 1e3, i_right / 1e3, voltage / 1e3,
        temperature / 10, drive, Inputs(inputs & 127), Faults(faults & 31), age, relays, barrier, reason,
        bool(fire_open), movements,
    )  # fmt: skip


def parse_ack(payload: bytes) -> Result:
    """Raises ProtocolError when the payload is no ACK."""
    (value,) = _unpack(_ACK, payload, "ACK")
    try:
        return Result(value)
    except ValueError as error:
        raise ProtocolError(f"ACK with the unknown result {value}") from error


def parse_echo(payload: bytes) -> int:
    """The time_ms that comes back. Raises ProtocolError."""
    return int(_unpack(_HEARTBEAT, payload, "ECHO")[1])


def _unpack(layout: struct.Struct, payload: bytes, name: str) -> tuple:
    if len(payload) != layout.size:
        raise ProtocolError(f"{name} has {len(payload)} bytes instead of {layout.size}")
    return layout.unpack(payload)
