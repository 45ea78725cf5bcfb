# SPDX-License-Identifier: Apache-2.0
"""Ways that a car can drive: straights and arcs, forwards or backwards, each with its speed."""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass

from ronda_core.se2 import SE2


@dataclass(frozen=True, slots=True)
class Piece:
    """A straight or an arc of `length` metres from `start` (the car's own pose there).

    curvature: 1/m, positive when the car's heading turns left as it rolls forwards; direction: 1 forwards, -1
    backwards; speed: m/s at most.
    """

    start: SE2
    length: float
    curvature: float = 0.0
    direction: int = 1
    speed: float = 2.5

    def pose(self, distance: float) -> SE2:
        """Return the car's pose `distance` metres along the piece."""
        way = self.direction * distance
        turn = self.curvature * way
        # The chord of the arc lies at half the turn.
        chord = way if abs(turn) < 1e-9 else way * math.sin(turn / 2) / (turn / 2)
        heading = self.start.yaw + turn / 2
        return SE2(
            self.start.x + chord * math.cos(heading),
            self.start.y + chord * math.sin(heading),
            math.remainder(self.start.yaw + turn, math.tau),
        )


class Path:
    """Pieces one after another; `s` is the distance driven along them (m)."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = [piece for piece in pieces if piece.length > 1e-9]
        self._starts = [0.0]
        for piece in self._pieces:
            self._starts.append(self._starts[-1] + piece.length)

    @property
    def length(self) -> float:
        """The whole way (m)."""
        return self._starts[-1]

    def _at(self, s: float) -> tuple[Piece, float]:
        index = min(max(bisect.bisect_right(self._starts, s) - 1, 0), len(self._pieces) - 1)
        return self._pieces[index], min(max(s - self._starts[index], 0.0), self._pieces[index].length)

    def pose(self, s: float) -> SE2:
        """Return the car's pose at `s`."""
        piece, distance = self._at(s)
        return piece.pose(distance)

    def piece(self, s: float) -> Piece:
        """Return the piece at `s`."""
        return self._at(s)[0]

    def turning_points(self) -> list[float]:
        """Return every `s` where the car has to stand because its direction changes."""
        return [
            start
            for start, before, after in zip(self._starts[1:], self._pieces, self._pieces[1:], strict=False)
            if before.direction != after.direction
        ]

    def speed_limit(self, s: float, braking: float) -> float:
        """Return the highest speed at `s` from which every later piece's speed can be reached at `braking` m/s2."""
        limit = self.piece(s).speed
        for start, piece in zip(self._starts, self._pieces, strict=False):
            if start > s:
                limit = min(limit, math.sqrt(piece.speed**2 + 2 * braking * (start - s)))
        return limit

    def progress(self, pose: SE2, near: float) -> float:
        """Return the `s` whose place is the nearest to `pose`, a little after `near` and never behind it.

        Newton's steps along the way; they do not cross a change of direction.
        """
        direction = self.piece(near).direction
        s = near
        for _ in range(2):
            piece, distance = self._at(s)
            here = piece.pose(distance)
            along = (pose.x - here.x) * math.cos(here.yaw) + (pose.y - here.y) * math.sin(here.yaw)
            further = min(max(s + direction * along, near), self.length)
            if self.piece(further).direction != direction:
                return s
            s = further
        return s


def straight(start: SE2, length: float, *, speed: float = 2.5, direction: int = 1) -> Piece:
    """Return a straight piece."""
    return Piece(start, length, 0.0, direction, speed)


def quarter(start: SE2, radius: float, *, left: bool, speed: float, direction: int = 1) -> Piece:
    """Return a quarter circle with the steering to the left or right."""
    return Piece(start, radius * math.pi / 2, (1 if left else -1) / radius, direction, speed)
