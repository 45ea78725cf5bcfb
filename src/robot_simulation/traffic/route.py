# SPDX-License-Identifier: Apache-2.0
"""The ways through the garage: from the street through the entry into a bay, and out of it through the exit."""

from __future__ import annotations

from dataclasses import dataclass

from robot_simulation.garage_layout import GATES, TURN_RADIUS, Bay, Gate
from robot_simulation.traffic.path import Path, Piece, quarter, straight
from ronda_core.se2 import SE2

LANE_SPEED, AISLE_SPEED, TURN_SPEED, REVERSE_SPEED = 2.8, 2.0, 1.2, 0.8
"""m/s: walking pace is the law in a garage; a car that turns into a bay or backs out of it is slower."""
GATE_SPEED = 1.8


@dataclass(frozen=True)
class GateMarks:
    """Where along a route a gate's lines lie: `hold` before the loop, `stop` at the line, `arm` with the nose just
    before the arm, `clear` behind the loop."""

    gate: Gate
    hold: float
    stop: float
    arm: float
    clear: float


@dataclass(frozen=True)
class Route:
    """A way with one gate on it. Until `claim` the car manoeuvres across the lane and needs it for itself."""

    path: Path
    marks: GateMarks
    claim: float


def entry_route(start: SE2, bay: Bay) -> Route:
    """Return the way from a place on the street (`garage_layout.home`) through the entry gate into a bay."""
    pieces = _out_forwards(start)
    claim = sum(piece.length for piece in pieces)
    return _join(pieces, claim, GATES[0], bay.parked, AISLE_SPEED)


def exit_route(bay: Bay, end: SE2) -> Route:
    """Return the way out of a bay, through the exit gate, to a place on the street (`garage_layout.away`)."""
    back = abs(bay.parked.y) - TURN_RADIUS
    pieces = [straight(bay.parked, back, speed=REVERSE_SPEED, direction=-1)]
    # Backing out of a bay on the left (north) with the wheels to the left leaves the nose pointing east.
    turned = quarter(pieces[0].pose(back), TURN_RADIUS, left=bay.parked.y > 0, speed=REVERSE_SPEED, direction=-1)
    pieces.append(turned)
    claim = sum(piece.length for piece in pieces)
    return _join(pieces, claim, GATES[1], end, AISLE_SPEED)


def _out_forwards(start: SE2) -> list[Piece]:
    ahead = straight(start, abs(start.y) - TURN_RADIUS, speed=TURN_SPEED)
    return [ahead, quarter(ahead.pose(ahead.length), TURN_RADIUS, left=start.y > 0, speed=TURN_SPEED)]


def _join(pieces: list[Piece], claim: float, gate: Gate, end: SE2, speed: float) -> Route:
    """Drive on along the lane y = 0 from where `pieces` end, through the gate, and turn off to `end`."""
    lane = pieces[-1].pose(pieces[-1].length)
    first, done = lane.x, claim
    middle = gate.arm_x - 8.0
    before, behind = max(middle, first), gate.clear_x
    turn_x = end.x - TURN_RADIUS
    for until, limit in ((before, LANE_SPEED if gate is GATES[0] else speed), (behind, GATE_SPEED)):
        here = pieces[-1].pose(pieces[-1].length)
        pieces.append(straight(SE2(here.x, 0.0, 0.0), max(until - here.x, 0.0), speed=limit))
        pieces = [piece for piece in pieces if piece.length > 1e-9]
    here = pieces[-1].pose(pieces[-1].length)
    pieces.append(straight(SE2(here.x, 0.0, 0.0), turn_x - here.x, speed=speed))
    turn = quarter(SE2(turn_x, 0.0, 0.0), TURN_RADIUS, left=end.y > 0, speed=TURN_SPEED)
    pieces.append(turn)
    last = turn.pose(turn.length)
    pieces.append(straight(last, abs(end.y) - TURN_RADIUS, speed=TURN_SPEED / 2))
    path = Path(pieces)

    def s_of(x: float) -> float:
        return done + x - first

    # The nose 0.4 m before the arm is the last place where a car can wait.
    arm = s_of(gate.stop_x) + 0.8
    return Route(path, GateMarks(gate, s_of(gate.hold_x), s_of(gate.stop_x), arm, s_of(gate.clear_x)), claim)
