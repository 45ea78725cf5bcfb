# SPDX-License-Identifier: Apache-2.0
"""Who stands in a world: a folder of people becomes figures on the world's places, chosen by a seed."""

import random
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from robot_simulation.errors import PeopleError

SUFFIXES = (".jpg", ".jpeg", ".png")
LAYOUT = "expected watchlist/NAME/enrol*.jpg with world.jpg beside them, and strangers/NAME.jpg"
_NAME = re.compile(r"[^\W_][\w .'-]{0,63}")


class Kind(StrEnum):
    """Whether the person is looked for."""

    LISTED = "listed"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to stand in the world: the picture shown there, and the other pictures used for enrolling."""

    name: str
    kind: Kind
    picture: Path
    enrol: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a world: its frame's name, x and y in metres, heading in radians (world frame)."""

    name: str
    x: float
    y: float
    yaw: float


def read_people(folder: Path) -> tuple[Person, ...]:
    """Everybody in `folder`, listed people first, by name. Raises PeopleError for a folder of another layout."""
    if not folder.is_dir():
        raise PeopleError(f"no folder of people at {folder}", hint=LAYOUT)
    listed = tuple(_listed(entry) for entry in _entries(folder / "watchlist") if entry.is_dir())
    strangers = tuple(
        Person(_name(entry.stem, entry), Kind.STRANGER, entry)
        for entry in _entries(folder / "strangers")
        if entry.suffix.lower() in SUFFIXES
    )
    people = listed + strangers
    if not people:
        raise PeopleError(f"nobody in {folder}", hint=LAYOUT)
    seen: dict[str, Path] = {}
    for person in people:
        if person.name in seen:
            raise PeopleError(
                f"two people are called '{person.name}': {seen[person.name]} and {person.picture}", hint="rename one"
            )
        seen[person.name] = person.picture
    return people


def assign(people: tuple[Person, ...], places: tuple[Place, ...], seed: int) -> tuple[tuple[Person, Place], ...]:
    """Give everybody a place of their own; the same seed gives the same places. Raises PeopleError for too many."""
    if len(people) > len(places):
        raise PeopleError(
            f"{len(people)} people for {len(places)} places", hint=f"leave out {len(people) - len(places)} of them"
        )
    chosen = random.Random(seed).sample(places, len(people))
    return tuple(sorted(zip(people, chosen, strict=True), key=lambda pair: pair[1].name))


def _listed(folder: Path) -> Person:
    pictures = [path for path in _entries(folder) if path.suffix.lower() in SUFFIXES]
    enrol = tuple(path for path in pictures if path.stem.lower().startswith("enrol"))
    shown = [path for path in pictures if path.stem.lower() == "world"]
    if not enrol:
        raise PeopleError(f"no enrolment picture in {folder}", hint="add enrol.jpg, another picture than world.jpg")
    if len(shown) != 1:
        found = "no world.jpg" if not shown else "more than one world picture"
        raise PeopleError(f"{found} in {folder}", hint="add one picture world.jpg that the figure carries")
    return Person(_name(folder.name, folder), Kind.LISTED, shown[0], enrol)


def _name(name: str, path: Path) -> str:
    if not _NAME.fullmatch(name):
        raise PeopleError(
            f"'{name}' cannot be a person's name ({path})", hint="use letters, digits, spaces and . ' - _, 64 at most"
        )
    return name


def _entries(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
