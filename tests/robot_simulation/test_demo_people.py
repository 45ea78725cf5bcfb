# SPDX-License-Identifier: Apache-2.0
"""Taking photographs out of package archives; the download itself is the clients' work."""

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from robot_simulation.demo_people import PHOTOS, PORTRAITS, Photo, fetch_demo_people, read_member
from robot_simulation.errors import PeopleError
from robot_simulation.people import Kind, read_people

CONTENT = b"picture"


def photo(member: str = "p/a.jpg", content: bytes = CONTENT) -> Photo:
    return Photo(PORTRAITS, member, hashlib.sha256(content).hexdigest(), "strangers/A.jpg")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "p.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        info = tarfile.TarInfo("p/a.jpg")
        info.size = len(CONTENT)
        tar.addfile(info, io.BytesIO(CONTENT))
    return path


def test_reads_the_expected_picture(archive: Path) -> None:
    assert read_member(archive, photo()) == CONTENT


def test_another_picture_is_refused(archive: Path) -> None:
    with pytest.raises(PeopleError, match="not the expected picture"):
        read_member(archive, photo(content=b"another"))


def test_a_missing_member_is_named(archive: Path) -> None:
    with pytest.raises(PeopleError, match=r"holds no p/b\.jpg"):
        read_member(archive, photo("p/b.jpg"))


def test_what_is_there_is_not_fetched_again(tmp_path: Path) -> None:
    for item in PHOTOS:
        target = tmp_path / item.target
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(b"kept")
    fetch_demo_people(tmp_path, report=lambda line: pytest.fail(line))


def test_the_table_is_a_demo(tmp_path: Path) -> None:
    for item in PHOTOS:
        target = tmp_path / item.target
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    people = read_people(tmp_path)
    assert sum(person.kind is Kind.LISTED for person in people) >= 2
    assert sum(person.kind is Kind.STRANGER for person in people) >= 4
    shown = {item.sha256 for item in PHOTOS if item.target.endswith("world.jpg")}
    assert not shown & {item.sha256 for item in PHOTOS if "enrol" in item.target}
