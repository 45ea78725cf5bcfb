# SPDX-License-Identifier: Apache-2.0
import hashlib
import json
from pathlib import Path

import pytest

from patrol_robot.errors import EvidenceError
from patrol_robot.evidence import DOCUMENT, EvidenceStore, describe

FILES = {"picture.jpg": b"\xff\xd8picture", "faces.jpg": b"\xff\xd8faces"}


def document() -> dict[str, object]:
    return {"evidence": [vars_of(name, content) for name, content in FILES.items()]}


def vars_of(name: str, content: bytes) -> dict[str, object]:
    item = describe(name, content)
    return {"name": item.name, "media_type": item.media_type, "sha256": item.sha256, "size": item.size}


def test_describes_a_file_by_its_content() -> None:
    item = describe("picture.jpg", b"abc")
    assert (item.media_type, item.size) == ("image/jpeg", 3)
    assert item.sha256 == hashlib.sha256(b"abc").hexdigest()


def test_writes_all_files_and_the_document(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    store.create("i1", FILES, document())
    assert sorted(p.name for p in (tmp_path / "i1").iterdir()) == ["faces.jpg", DOCUMENT, "picture.jpg"]
    assert store.read("i1") == json.loads((tmp_path / "i1" / DOCUMENT).read_text())
    store.verify("i1")
    assert store.incident_ids() == ["i1"]


def test_a_changed_and_a_missing_file_are_named(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    store.create("i1", FILES, document())
    (tmp_path / "i1" / "faces.jpg").write_bytes(b"other")
    with pytest.raises(EvidenceError, match=r"faces\.jpg was changed"):
        store.verify("i1")
    (tmp_path / "i1" / "faces.jpg").unlink()
    with pytest.raises(EvidenceError, match=r"faces\.jpg is missing"):
        store.verify("i1")


def test_a_document_that_cannot_be_written_leaves_no_folder(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    with pytest.raises(ValueError, match="JSON"):
        store.create("i1", FILES, {"score": float("nan")})
    assert list(tmp_path.iterdir()) == []


def test_a_part_is_added_whole_and_described(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    store.create("i1", FILES, document())
    with store.new_part("i1", "clip") as folder:
        folder.mkdir()
        (folder / "clip.mcap").write_bytes(b"mcap")
    (item,) = store.describe_part("i1", "clip")
    assert (item.name, item.media_type) == ("clip/clip.mcap", "application/mcap")
    with pytest.raises(RuntimeError), store.new_part("i1", "second") as folder:
        folder.mkdir()
        raise RuntimeError
    assert not (tmp_path / "i1" / "second").exists()


@pytest.mark.parametrize("name", ["", "..", "a/b", "/etc", ".hidden"])
def test_a_name_cannot_leave_the_store(tmp_path: Path, name: str) -> None:
    with pytest.raises(EvidenceError, match="not an incident's name"):
        EvidenceStore(tmp_path).folder(name)


def test_opening_removes_what_was_half_written(tmp_path: Path) -> None:
    (tmp_path / ".partial-i0-ab").mkdir()
    EvidenceStore(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_unusable_folder_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EvidenceError, match="cannot use the evidence folder") as caught:
        EvidenceStore(tmp_path / "file")
    assert caught.value.hint
    with pytest.raises(EvidenceError, match="cannot read"):
        EvidenceStore(tmp_path).read("none")
