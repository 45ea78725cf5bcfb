# SPDX-License-Identifier: Apache-2.0
"""What a gate decides on a car, and what it knows about the car when it does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from parking_robot.money.money import Money
from parking_robot.plates.voting import Vote
from parking_robot.reasons import Reason
from parking_robot.stays.access import ListEntry


class Direction(StrEnum):
    ENTRY = "entry"
    EXIT = "exit"


class Verdict(StrEnum):
    """OPEN for this one car. HOLD: the driver can do something (pay, turn back). ASK: a person must decide."""

    OPEN = "open"
    HOLD = "hold"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Passage:
    """One car in one lane. ``plate`` is voted and normalised, empty when not readable; ``at`` is when it was read.

    ``stay_id``: the stay that a person has picked for it. ``by``: the person who corrected the plate.
    """

    id: str
    gate: str
    direction: Direction
    at: datetime
    plate: str = ""
    confidence: float = 0.0
    frames: int = 0
    candidates: tuple[str, ...] = ()
    picture: str = ""
    stay_id: str = ""
    by: str = ""

    @property
    def question(self) -> tuple[str, ...]:
        """Return what an answer must be about: the answer to a plate that was corrected since is none any more."""
        return self.id, self.plate, self.stay_id, self.by

    def read(self, outcome: Vote) -> Passage:
        """Return the passage with what its pictures say together."""
        return replace(
            self,
            plate=outcome.text,
            confidence=outcome.confidence,
            frames=outcome.agreeing,
            candidates=outcome.candidates,
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict with its reason. ``review`` names the kind of a case for the review queue; empty: none.

    ``due`` is what is to be paid now. ``free_until`` and ``free`` go into the record of an entry, as does
    ``previous``, the stay that it goes on from. ``right`` is what the exit found that the entry had not seen.
    ``lost``: the stay is to be opened with the price of a lost ticket. ``vehicle_class`` is what the lists say of it.
    """

    verdict: Verdict
    code: Reason
    text: str
    stay_id: str = ""
    due: Money | None = None
    review: str = ""
    alarm: str = ""
    candidates: tuple[str, ...] = ()
    free: bool = False
    free_until: datetime | None = None
    previous: str = ""
    right: ListEntry | None = None
    lost: bool = False
    vehicle_class: str = ""
    spaces: int | None = None

    @property
    def opens(self) -> bool:
        return self.verdict is Verdict.OPEN
