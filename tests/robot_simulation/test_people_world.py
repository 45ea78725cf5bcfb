# SPDX-License-Identifier: Apache-2.0
"""A world with people: every figure on its place, the folder complete in itself, nothing written for bad input."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import cv2
import numpy as np
import pytest

from face_perception.faces import Box
from robot_simulation.errors import PeopleError, WorldError
from robot_simulation.people_world import write_people_world
from robot_simulation.world_check import check_world

AIRPORT = Path(__file__).resolve().parents[2] / "worlds" / "airport.sdf"


def find_bright(picture: np.ndarray) -> list[Box]:
    """Finds bright blocks: drawn pictures need no network to have a 'face'."""
    count, _, stats, _ = cv2.connectedComponentsWithStats((picture[:, :, 1] > 128).astype(np.uint8))
    return [Box(x, y, x + w, y + h) for x, y, w, h, _ in stats[1:count].tolist()]


def draw(path: Path, faces: int = 1) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = np.zeros((300, 400, 3), np.uint8)
    for number in range(faces):
        picture[60:190, 50 + 150 * number : 150 + 150 * number] = 255
    cv2.imwrite(str(path), picture)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    people = tmp_path / "people"
    for name in ("watchlist/Ann/enrol.png", "watchlist/Ann/world.png", "strangers/Bo.png", "strangers/Cy.png"):
        draw(people / name)
    return people


def test_figures_stand_on_their_places(folder: Path, tmp_path: Path) -> None:
    written = write_people_world(folder, AIRPORT, tmp_path / "run", seed=5, find_faces=find_bright)
    world = ET.parse(written.world).getroot().find("world")
    assert world is not None
    figures = {m.get("name"): m for m in world.findall("model") if m.get("name", "").startswith("person_")}
    frames = {f.get("name"): f.findtext("pose") for f in world.findall("frame")}
    listing = json.loads(written.people.read_text())
    assert listing["seed"] == 5
    assert {entry["name"]: entry["kind"] for entry in listing["people"]} == {
        "Ann": "listed", "Bo": "stranger", "Cy": "stranger",
    }  # fmt: skip
    assert len(figures) == 3
    for entry in listing["people"]:
        figure = figures[entry["place"].replace("_place", "")]
        assert figure.findtext("pose") == frames[entry["place"]]
    assert len(world.findall("actor")) == 2


def test_the_folder_stands_alone(folder: Path, tmp_path: Path) -> None:
    written = write_people_world(folder, AIRPORT, tmp_path / "run", seed=5, find_faces=find_bright)
    assert check_world(written.world) == []


def test_the_same_seed_writes_the_same_world(folder: Path, tmp_path: Path) -> None:
    texts = [
        write_people_world(folder, AIRPORT, tmp_path / name, seed=seed, find_faces=find_bright).world.read_text()
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    ]
    assert texts[0] == texts[1] != texts[2]


@pytest.mark.parametrize(("picture", "faces"), [("watchlist/Ann/enrol.png", 0), ("strangers/Bo.png", 2)])
def test_a_bad_picture_stops_before_anything_is_written(folder: Path, tmp_path: Path, picture: str, faces: int) -> None:
    draw(folder / picture, faces)
    with pytest.raises(PeopleError, match=Path(picture).name):
        write_people_world(folder, AIRPORT, tmp_path / "run", seed=1, find_faces=find_bright)
    assert not (tmp_path / "run").exists()


def test_a_world_without_places_is_refused(folder: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.sdf"
    empty.write_text('<sdf version="1.9"><world name="w"/></sdf>')
    with pytest.raises(WorldError, match="no places"):
        write_people_world(folder, empty, tmp_path / "run", seed=1, find_faces=find_bright)
