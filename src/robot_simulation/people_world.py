# SPDX-License-Identifier: Apache-2.0
"""Writes a world with people: a copy of a world file whose figures carry photographs, its textures, and people.json."""

import json
import random
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import cv2

from robot_simulation.errors import WorldError
from robot_simulation.figure import Board, add_figure
from robot_simulation.people import Person, Place, assign, read_people
from robot_simulation.people_pictures import FindFaces, LifeSize, life_size, main_face, read_picture
from robot_simulation.sdf_write import to_text
from robot_simulation.world_copy import copy_resources, read_world_tree, world_element

PLACE_PREFIX = "person_place_"
FIGURE_PREFIX = "person_"
WORLD_FILE = "airport_people.sdf"
PEOPLE_FILE = "people.json"


@dataclass(frozen=True, slots=True)
class PeopleWorld:
    """What was written: the world file, the list of who stands where, and that list itself."""

    world: Path
    people: Path
    standing: tuple[tuple[Person, Place], ...]


def write_people_world(folder: Path, world: Path, out: Path, *, seed: int, find_faces: FindFaces) -> PeopleWorld:
    """Put the people of `folder` into a copy of `world` under `out`.

    Every picture is checked before the first file is written. Raises PeopleError for people or pictures that cannot be
    used and WorldError for a world without places or with missing textures.
    """
    people = read_people(folder)
    tree = read_world_tree(world)
    standing = assign(people, places_of(tree, world), seed)
    boards = {person.name: _board(person, find_faces) for person, _ in standing}
    for person in people:
        for picture in person.enrol:
            shown = read_picture(picture)
            main_face(find_faces(shown), shown, picture)

    out.mkdir(parents=True, exist_ok=True)
    copy_resources(tree, world.parent, out)
    _clear_figures(tree)
    clothes = random.Random(seed)
    pictures = out / "people"
    pictures.mkdir(exist_ok=True)
    for person, place in standing:
        figure = FIGURE_PREFIX + place.name.removeprefix(PLACE_PREFIX)
        board = boards[person.name]
        cv2.imwrite(str(pictures / f"{figure}.png"), board.texture)
        add_figure(
            world_element(tree, world),
            figure,
            place.x,
            place.y,
            place.yaw,
            board=Board(f"people/{figure}.png", board.width_m, board.height_m, board.centre_z_m),
            clothes=_colour(clothes),
            trousers=_colour(clothes),
        )
    people_file = out / PEOPLE_FILE
    people_file.write_text(json.dumps(_listing(standing, seed), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    world_file = out / WORLD_FILE
    world_file.write_text(to_text(tree, f"{world.name} with people, seed {seed}"), encoding="utf-8")
    return PeopleWorld(world_file, people_file, standing)


def places_of(root: ET.Element, world: Path) -> tuple[Place, ...]:
    """The world's places for people, by name. Raises WorldError when it has none."""
    places = []
    for frame in world_element(root, world).findall("frame"):
        name = frame.get("name", "")
        if name.startswith(PLACE_PREFIX):
            x, y, _, _, _, yaw = (float(number) for number in (frame.findtext("pose") or "0 0 0 0 0 0").split())
            places.append(Place(name, x, y, yaw))
    if not places:
        raise WorldError(
            f"world {world} has no places for people", hint=f"add <frame name='{PLACE_PREFIX}01'> with a <pose>"
        )
    return tuple(sorted(places, key=lambda place: place.name))


def _board(person: Person, find_faces: FindFaces) -> LifeSize:
    picture = read_picture(person.picture)
    return life_size(picture, main_face(find_faces(picture), picture, person.picture))


def _clear_figures(root: ET.Element) -> None:
    for world in root.findall("world"):
        for model in world.findall("model"):
            if model.get("name", "").startswith(FIGURE_PREFIX):
                world.remove(model)


def _colour(chance: random.Random) -> tuple[float, float, float]:
    return (chance.uniform(0.12, 0.5), chance.uniform(0.12, 0.45), chance.uniform(0.12, 0.5))


def _listing(standing: tuple[tuple[Person, Place], ...], seed: int) -> dict[str, object]:
    return {
        "seed": seed,
        "people": [
            {
                "name": person.name,
                "kind": person.kind.value,
                "place": place.name,
                "x_m": place.x,
                "y_m": place.y,
                "yaw_rad": place.yaw,
                "picture": str(person.picture.resolve()),
                "enrol": [str(path.resolve()) for path in person.enrol],
            }
            for person, place in standing
        ],
    }
