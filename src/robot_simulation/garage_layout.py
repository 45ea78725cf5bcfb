# SPDX-License-Identifier: Apache-2.0
"""Where things are in worlds/garage.sdf: bays, gates, the street. Metres, x east, y north, origin in the middle.

Traffic runs from west to east: the street with waiting cars, the entry gate, an aisle with bays on both sides, the exit
gate, the street on the other side. A car is placed by the middle of its rear axle.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from robot_simulation.rectangle import Rectangle
from ronda_core.se2 import SE2

BAYS_PER_SIDE = 12
BAY_WIDTH, BAY_LENGTH = 2.8, 5.2
AISLE_HALF = 4.0
"""Half the width of the aisle."""
HALF_X, HALF_Y = 21.0, AISLE_HALF + BAY_LENGTH + 0.1
"""Half the inside of the building."""
DOOR_HALF = 2.4
GATE_X = 25.0
STREET_X = 40.0
"""Where the street's first place lies, west and east: whoever turns out of it still comes to the gate's hold line."""

CAR_LENGTH, CAR_WIDTH, WHEELBASE = 4.0, 1.7, 2.55
OVERHANG = (CAR_LENGTH - WHEELBASE) / 2
CAR_FORWARD = WHEELBASE / 2
"""The middle of a car lies this far ahead of its rear axle."""
NOSE = WHEELBASE + OVERHANG
TURN_RADIUS = 5.0
"""Of the rear axle's middle: the usual turning circle of a small car is about 10 m between kerbs."""

STOP_BEFORE_ARM = 1.2
"""A car's nose at the stop line, before the arm."""
HOLD_BEFORE_ARM = 4.2
"""Where the next car waits, clear of the loop, until the arm has closed behind the one before."""
LOOP = (-3.2, 1.8)
"""The induction loop begins before the arm, where a car waits, and ends behind it."""
LOOP_WIDTH = 2.0
BEAM = 0.3
"""The light beam crosses the lane so far behind the arm."""
ARM_LENGTH, ARM_HEIGHT, ARM_OPEN = 3.3, 1.0, 1.5
"""The arm's length and height (m) and its angle when open (rad)."""
DISABLED = ("A01", "B01")
EV = ("A11", "A12", "B11", "B12")


@dataclass(frozen=True, slots=True)
class Bay:
    """One bay: `parked` is where the rear axle of a car stands that drove in forwards."""

    name: str
    kind: str
    centre: SE2
    parked: SE2


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate across the lane y = 0; the lane leads east."""

    name: str
    arm_x: float

    @property
    def stop_x(self) -> float:
        """Where the rear axle of a car stands whose nose is at the stop line."""
        return self.arm_x - STOP_BEFORE_ARM - NOSE

    @property
    def hold_x(self) -> float:
        """Where the rear axle of the next car waits."""
        return self.arm_x - HOLD_BEFORE_ARM - NOSE

    @property
    def clear_x(self) -> float:
        """Where a rear axle is once its car has left the loop."""
        return self.arm_x + LOOP[1] + OVERHANG

    @property
    def loop(self) -> Rectangle:
        """The induction loop in the floor."""
        return Rectangle(self.arm_x + (LOOP[0] + LOOP[1]) / 2, 0.0, 0.0, LOOP[1] - LOOP[0], LOOP_WIDTH)

    @property
    def beam(self) -> Rectangle:
        """The light beam across the lane."""
        return Rectangle(self.arm_x + BEAM, 0.0, 0.0, 0.02, 2 * 1.6)


GATES = (Gate("gate_in", -GATE_X), Gate("gate_out", GATE_X))


def _bay(row: str, number: int) -> Bay:
    name = f"{row}{number:02d}"
    side = 1.0 if row == "A" else -1.0
    x = (number - (BAYS_PER_SIDE + 1) / 2) * BAY_WIDTH
    kind = "disabled" if name in DISABLED else "ev" if name in EV else "general"
    # x of a bay points to its open end, the car's nose away from it.
    centre = SE2(x, side * (AISLE_HALF + BAY_LENGTH / 2), -side * math.pi / 2)
    return Bay(name, kind, centre, SE2(x, side * (AISLE_HALF + 0.4 + OVERHANG), side * math.pi / 2))


BAYS = {bay.name: bay for row in "AB" for bay in (_bay(row, number) for number in range(1, BAYS_PER_SIDE + 1))}

PLACES = 2 * BAYS_PER_SIDE
"""Places for cars at either end of the street."""


def home(index: int) -> SE2:
    """Return where car `index` (from 0) waits west of the garage, nose to the street; the first lies nearest."""
    x = -STREET_X - BAY_WIDTH * (index // 2)
    side = 1.0 if index % 2 == 0 else -1.0
    return SE2(x, side * (TURN_RADIUS + 4.0), -side * math.pi / 2)


def away(index: int) -> SE2:
    """Return where car `index` (from 0) ends up east of the garage, nose off the street; the first goes farthest."""
    x = STREET_X + TURN_RADIUS + BAY_WIDTH * (BAYS_PER_SIDE - 1 - index // 2)
    side = 1.0 if index % 2 == 0 else -1.0
    return SE2(x, side * (TURN_RADIUS + 0.2), side * math.pi / 2)
