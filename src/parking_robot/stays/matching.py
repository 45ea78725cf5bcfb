# SPDX-License-Identifier: Apache-2.0
"""Match the plate read at an exit with the cars inside: exactly, by look-alikes, by one wrong character, by a person.

Never a guess between two cars: where more than one fits, a person decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from parking_robot.plates.alphabet import fold
from parking_robot.plates.distance import edits

SHORTEST_STAY = timedelta(seconds=20)
MOST_CANDIDATES = 5


class MatchKind(StrEnum):
    EXACT = "exact"
    LOOK_ALIKE = "look-alike"
    NEAR_MISS = "near miss"
    REVIEW = "review"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Inside:
    """A car inside the garage; ``plate`` may be empty."""

    stay_id: str
    plate: str
    entered: datetime


@dataclass(frozen=True, slots=True)
class Match:
    """``stay_id`` is set when one car was found; ``candidates`` are for the person who reviews, nearest first."""

    kind: MatchKind
    stay_id: str
    reason: str
    candidates: tuple[Inside, ...] = ()

    @property
    def to_review(self) -> bool:
        """A near miss opens the way but is looked at later; REVIEW waits for a person."""
        return self.kind in (MatchKind.NEAR_MISS, MatchKind.REVIEW)


def match_exit(plate: str, inside: Sequence[Inside], now: datetime, confidence: float, sure: float = 0.5) -> Match:
    """Return the car that leaves. ``confidence`` of the reading: below ``sure`` a near miss is left to a person."""
    here = [car for car in inside if now - car.entered >= SHORTEST_STAY]
    unread = tuple(car for car in here if not car.plate)[:MOST_CANDIDATES]
    if not plate:
        return Match(MatchKind.REVIEW, "", "the plate could not be read", unread)
    if exact := [car for car in here if car.plate == plate]:
        return _one(MatchKind.EXACT, exact, f"{plate} is inside twice: a false plate or a missed exit")
    key = fold(plate)
    if alike := [car for car in here if fold(car.plate) == key]:
        return _one(MatchKind.LOOK_ALIKE, alike, f"more than one car looks like {plate}")
    distances = sorted(((edits(fold(car.plate), key), car) for car in here if car.plate), key=lambda pair: pair[0])
    near = [car for distance, car in distances if distance == 1]
    close = tuple(car for distance, car in distances if distance <= 2)[:MOST_CANDIDATES]
    # A car that came in unread may be exactly this one: its like must not go in its place.
    if len(near) == 1 and confidence >= sure and len(plate) >= 5 and not unread:
        reason = f"read {plate}, inside is {near[0].plate}: one character differs"
        return Match(MatchKind.NEAR_MISS, near[0].stay_id, reason, close)
    if close or unread:
        return Match(MatchKind.REVIEW, "", f"no car inside is surely {plate}", (*close, *unread)[:MOST_CANDIDATES])
    return Match(MatchKind.NONE, "", f"no car like {plate} is inside")


def _one(kind: MatchKind, cars: list[Inside], tie: str) -> Match:
    if len(cars) == 1:
        return Match(kind, cars[0].stay_id, f"{kind} match with {cars[0].plate}", tuple(cars))
    return Match(MatchKind.REVIEW, "", tie, tuple(cars[:MOST_CANDIDATES]))
