# SPDX-License-Identifier: Apache-2.0
"""What a gate's station is set to, what it is told, and what it needs of the outside."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from parking_robot.gates.approach import ApproachLimits
from parking_robot.gates.barrier_desk import Arm, BarrierLimits
from parking_robot.gates.decision import Direction, Passage
from parking_robot.gates.journal import Record
from parking_robot.gates.passage import LaneLimits
from parking_robot.gates.station_state import StationEvent


class Port(Protocol):
    """What the station needs of the outside."""

    def barrier(self, opened: bool, reason: str, by: str) -> None:
        """Ask the barrier to open or to close; returns at once."""

    def tell(self, event: StationEvent) -> None:
        """Publish an event."""

    def picture(self) -> str:
        """Keep the newest picture of the car; return its name, empty when there is none or it cannot be kept."""

    def ask(self, passage: Passage) -> None:
        """Ask for a decision; the answer comes by `take_answer`."""

    def forget(self) -> None:
        """Take the question back."""

    def record(self, record: Record) -> None:
        """Keep a record. Raises JournalError."""

    def link(self, stay_id: str) -> str:
        """Return the address of a stay's page for the QR code; empty: there is no server."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the barrier says; ``heard`` is False while nothing is heard of it."""

    arm: Arm = Arm.UNKNOWN
    loop: bool = False
    beam: bool = False
    fire: bool = False
    heard: bool = True


@dataclass(frozen=True, slots=True)
class StationSettings:
    """``by_camera``/``by_loop``: what shows that a car waits before the barrier."""

    gate: str
    direction: Direction
    by_camera: bool = True
    by_loop: bool = True
    lane: LaneLimits = field(default_factory=LaneLimits)
    approach: ApproachLimits = field(default_factory=ApproachLimits)
    barrier: BarrierLimits = field(default_factory=BarrierLimits)
