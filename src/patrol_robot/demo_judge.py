# SPDX-License-Identifier: Apache-2.0
"""Who was found, who was missed and who was named wrongly, judged by where each incident says the person stood."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

REACH_M = 2.5
"""An incident belongs to the nearest figure within this distance; the places of the world are farther apart."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Somebody who stands in the world, metres in the map frame."""

    name: str
    listed: bool
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Sighting:
    """An incident as it was heard: the name it gives and where on the map, None if it does not say."""

    incident_id: str
    person: str
    position: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class FalseAlert:
    """An incident that names somebody wrongly, and why that is known."""

    incident_id: str
    person: str
    reason: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome. `found` maps a name to the incident that first told it rightly."""

    found: dict[str, str]
    missed: tuple[str, ...]
    false_alerts: tuple[FalseAlert, ...]


def judge(figures: Sequence[Figure], sightings: Sequence[Sighting]) -> Judgement:
    """Compare what was reported with who stood where."""
    found: dict[str, str] = {}
    wrong: list[FalseAlert] = []
    for sighting in sightings:
        reason = _fault(figures, sighting)
        if reason:
            wrong.append(FalseAlert(sighting.incident_id, sighting.person, reason))
        else:
            found.setdefault(sighting.person, sighting.incident_id)
    missed = tuple(figure.name for figure in figures if figure.listed and figure.name not in found)
    return Judgement(found, missed, tuple(wrong))


def nearest(figures: Sequence[Figure], position: tuple[float, float]) -> tuple[Figure, float] | None:
    """The figure nearest to a place and its distance in metres; None where nobody stands in the world."""
    distances = [(math.dist((figure.x, figure.y), position), figure) for figure in figures]
    if not distances:
        return None
    distance, figure = min(distances, key=lambda item: item[0])
    return figure, distance


def _fault(figures: Sequence[Figure], sighting: Sighting) -> str:
    if sighting.position is None:
        return "it does not say where"
    there = nearest(figures, sighting.position)
    if there is None or there[1] > REACH_M:
        return "nobody stands there"
    figure, _ = there
    if figure.name != sighting.person:
        return f"{figure.name} stands there" if figure.listed else f"the stranger {figure.name} stands there"
    return ""
