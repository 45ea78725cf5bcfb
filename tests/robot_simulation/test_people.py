# SPDX-License-Identifier: Apache-2.0
"""Reading a folder of people and giving them places."""

from pathlib import Path

import pytest

from robot_simulation.errors import PeopleError
from robot_simulation.people import Kind, Place, assign, read_people

PLACES = tuple(Place(f"person_place_{n:02d}", float(n), 0.0, 0.0) for n in range(1, 5))


def touch(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return folder


def test_reads_both_kinds(tmp_path: Path) -> None:
    touch(tmp_path, "watchlist/Ann Lee/enrol_1.jpg", "watchlist/Ann Lee/enrol_2.PNG", "watchlist/Ann Lee/world.jpeg")
    touch(tmp_path, "strangers/Bo.jpg", "strangers/notes.txt")
    ann, bo = read_people(tmp_path)
    assert (ann.name, ann.kind, ann.picture.name) == ("Ann Lee", Kind.LISTED, "world.jpeg")
    assert [path.name for path in ann.enrol] == ["enrol_1.jpg", "enrol_2.PNG"]
    assert (bo.name, bo.kind, bo.enrol) == ("Bo", Kind.STRANGER, ())


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (("watchlist/Ann/world.jpg",), "no enrolment picture"),
        (("watchlist/Ann/enrol.jpg",), "no world.jpg"),
        (("watchlist/Ann/enrol.jpg", "watchlist/Ann/world.jpg", "watchlist/Ann/world.png"), "more than one world"),
        (("strangers/Bo.jpg", "strangers/Bo.png"), "two people are called 'Bo'"),
        (("strangers/a;b.jpg",), "cannot be a person's name"),
        (("other/x.jpg",), "nobody in"),
    ],
)
def test_wrong_layouts_are_named(tmp_path: Path, files: tuple[str, ...], said: str) -> None:
    with pytest.raises(PeopleError, match=said):
        read_people(touch(tmp_path, *files))


def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(PeopleError, match="no folder of people"):
        read_people(tmp_path / "nobody")


def test_a_seed_decides_the_places(tmp_path: Path) -> None:
    people = read_people(touch(tmp_path, "strangers/a.jpg", "strangers/b.jpg", "strangers/c.jpg"))
    first = assign(people, PLACES, 1)
    assert first == assign(people, PLACES, 1)
    assert any(assign(people, PLACES, seed) != first for seed in range(2, 8))
    assert len({place for _, place in first}) == 3


def test_more_people_than_places_is_an_error(tmp_path: Path) -> None:
    people = read_people(touch(tmp_path, *(f"strangers/{name}.jpg" for name in "abcde")))
    with pytest.raises(PeopleError, match="5 people for 4 places"):
        assign(people, PLACES, 1)
