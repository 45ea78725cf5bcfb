# SPDX-License-Identifier: Apache-2.0
"""Which stay a car in a bay belongs to: by its plate, then by look-alikes, then by one wrong character."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parking_robot.plates.alphabet import fold
from parking_robot.plates.distance import edits

UNSURE_EDITS = 2
"""A plate that differs this little from a car inside may be that car misread: nobody is accused of it."""


@dataclass(frozen=True, slots=True)
class ParkedStay:
    """A stay of the ledger that has not ended. ``plate`` is empty for a car that could not be read at the entry."""

    stay_id: str
    plate: str
    entered: datetime
    vehicle_class: str = ""
    bay: str = ""


class Belonging(StrEnum):
    EXACT = "exact"
    LOOK_ALIKE = "look-alike"
    NEAR_MISS = "near miss"
    UNSURE = "unsure"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ParkedMatch:
    """``stay`` is set when one stay was found; UNSURE: several fit, or one might."""

    kind: Belonging
    stay: ParkedStay | None = None


NO_MATCH = ParkedMatch(Belonging.NONE)


def match_parked(plate: str, inside: Sequence[ParkedStay]) -> ParkedMatch:
    """Return the stay of a plate that was read in a bay; never a guess between two cars."""
    key = fold(plate)
    for kind, fits in (
        (Belonging.EXACT, [stay for stay in inside if stay.plate == plate]),
        (Belonging.LOOK_ALIKE, [stay for stay in inside if stay.plate and fold(stay.plate) == key]),
        (Belonging.NEAR_MISS, [stay for stay in inside if stay.plate and edits(fold(stay.plate), key) == 1]),
    ):
        if len(fits) == 1:
            return ParkedMatch(kind, fits[0])
        if fits:
            return ParkedMatch(Belonging.UNSURE)
    if any(stay.plate and edits(fold(stay.plate), key) <= UNSURE_EDITS for stay in inside):
        return ParkedMatch(Belonging.UNSURE)
    return NO_MATCH
