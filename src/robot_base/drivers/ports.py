# SPDX-License-Identifier: Apache-2.0
"""The interfaces of the hardware: a drive, a barrier, relays. One driver may serve several of them.

All calls come from one thread. Every method raises LinkLostError when the line is gone (the caller closes and opens
again) and CommandRefusedError when the other end declines.
"""

import math
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from robot_base.gate_types import Drive


@dataclass(frozen=True, slots=True)
class DriveReading:
    """What a drive measures: ticks (wrap at 32 bits), m/s at the rim, A, V, degrees Celsius; NaN: not measured."""

    condition: Drive
    left_ticks: int
    right_ticks: int
    ticks_per_metre: float
    left_speed: float = math.nan
    right_speed: float = math.nan
    left_current: float = math.nan
    right_current: float = math.nan
    voltage: float = math.nan
    temperature: float = math.nan
    bumper: bool = False
    estop: bool = False
    faults: tuple[str, ...] = ()
    command_age: float = math.nan


class BarrierCondition(IntEnum):
    """State of a barrier; values as in BarrierState."""

    UNKNOWN = 0
    OPEN = 1
    OPENING = 2
    CLOSED = 3
    CLOSING = 4
    STOPPED = 5
    FAULT = 6


@dataclass(frozen=True, slots=True)
class BarrierReading:
    """What a barrier says. `fire`: its alarm contact is on, or it was told of a fire alarm."""

    condition: BarrierCondition
    loop: bool
    beam: bool
    fire_open: bool
    movements: int
    reason: str = ""
    fire: bool = False


class Port(Protocol):
    """What all drivers have."""

    @property
    def name(self) -> str:
        """The device as configured."""

    def open(self) -> str:
        """Open the line and greet the device; returns who it is. Raises LinkError."""

    def close(self) -> None:
        """Leave the line; never raises."""


class DrivePort(Port, Protocol):
    """A differential drive."""

    def exchange(self, left: float, right: float) -> DriveReading:
        """Send the speeds of the wheels (m/s) and return the newest reading. To be called 20 to 100 times a second."""

    def arm(self) -> None:
        """Let the drive follow speeds. The last speeds sent must have been zero."""

    def disarm(self) -> None:
        """Let it ignore them."""

    def clear_fault(self) -> None:
        """Forget a fault whose cause has gone, and reset a released emergency stop. The drive is disarmed then."""

    def estop(self) -> None:
        """Stop at once and stay stopped until clear_fault."""


class BarrierPort(Port, Protocol):
    """A parking barrier."""

    def read_barrier(self) -> BarrierReading:
        """The newest reading; also advances boards that have no logic of their own."""

    def open_barrier(self) -> None:
        """Open. Raises CommandRefusedError."""

    def close_barrier(self, *, forced: bool = False) -> None:
        """Close, unless loop or beam are occupied or it is held open since a fire alarm. Raises CommandRefusedError.

        `forced`: a person sees the lane and ends that hold; loop and beam count all the same.
        """

    def stop_barrier(self) -> None:
        """Stop where it is."""

    def reset_barrier(self) -> None:
        """Leave the fault state."""

    def auto_close(self, on: bool) -> None:
        """Close by itself, or not, once a vehicle has passed. To be said again after each opening of the line."""

    def fire_alarm(self, on: bool) -> None:
        """A fire alarm begins or ends; with the alarm input either one opens the barrier and holds it open."""

    def hold_open(self) -> None:
        """Hold it open as after a fire alarm; for a device that was restarted and cannot know."""


class RelayPort(Port, Protocol):
    """Switched outputs."""

    def switch(self, index: int, closed: bool, pulse: float = 0.0) -> None:
        """Close or open a contact; with `pulse` > 0 (s) it opens again by itself, on the device."""

    def relay_states(self) -> list[bool]:
        """Which contacts are closed."""


class GatePort(BarrierPort, RelayPort, Protocol):
    """The board of a gate: a barrier and switched outputs."""
