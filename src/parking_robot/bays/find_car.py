# SPDX-License-Identifier: Apache-2.0
"""Find my car: where does a plate stand? Exact plates, else look-alikes, else those with one other character."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parking_robot.bays.findings import SeenBay
from parking_robot.errors import PlateError
from parking_robot.plates.alphabet import fold, normalise
from parking_robot.plates.distance import edits

LEAST_CHARACTERS = 3
LEAST_FOR_NEAR_MISS = 5


@dataclass(frozen=True, slots=True)
class FoundCar:
    """``exact`` is False for a look-alike or a plate with one other character: the driver must look for himself."""

    seen: SeenBay
    exact: bool


def find_car(asked: str, bays: Sequence[SeenBay], stay_id: str = "") -> list[FoundCar]:
    """Return the bays where the car may stand, best first; all of one rank, so that nobody is sent to the wrong car.

    With ``stay_id`` (of a proof) only bays of that stay are told, and the last characters of the plate suffice.
    Raises PlateError for something that is no plate or too little of one.
    """
    plate = normalise(asked)
    if len(plate) < LEAST_CHARACTERS:
        raise PlateError(
            f"'{asked}' is too little of a plate", hint=f"type at least {LEAST_CHARACTERS} characters of it"
        )
    key = fold(plate)
    taken = [one for one in bays if one.plate or one.stay]
    if stay_id:
        mine = [one for one in taken if one.stay and one.stay.stay_id == stay_id]
        return [FoundCar(one, one.plate.endswith(plate)) for one in mine if fold(_plate(one)).endswith(key)]
    exact = [one for one in taken if plate in (one.plate, _plate(one))]
    alike = [one for one in taken if key in (fold(one.plate), fold(_plate(one)))]
    near = [one for one in taken if len(plate) >= LEAST_FOR_NEAR_MISS and edits(fold(_plate(one)), key) == 1]
    best = exact or alike or near
    return [FoundCar(one, bool(exact)) for one in sorted(best, key=lambda one: (-one.plate_confidence, one.bay.id))]


def _plate(one: SeenBay) -> str:
    """The plate as the ledger has it where the bay's car belongs to a stay."""
    return one.stay.plate if one.stay and one.stay.plate else one.plate
