# SPDX-License-Identifier: Apache-2.0
import sqlite3

import numpy as np
import pytest
from typer.testing import CliRunner

from face_perception.cli import app
from face_perception.errors import GalleryError
from face_perception.people import Example, Person
from face_perception.store import GalleryStore
from face_perception.transfer import export_gallery, import_gallery
from face_perception.vault import KEY_VARIABLE, Key, load_site_key

WORDS = "four plain english words"


@pytest.fixture
def filled(gallery):
    template = np.zeros(gallery._template_size, np.float32)
    template[0] = 1
    person = gallery.enrol("Ann Unmistakable", "wanted", [Example(template, 0.9, b"JPEG-BYTES" * 9)])
    gallery.reject(person.person_id, np.roll(template, 1), 0.5)
    return gallery


def test_a_gallery_arrives_whole_at_another_site(filled, tmp_path):
    stick = tmp_path / "stick.ronda"
    assert export_gallery(filled._store, stick, WORDS) == 1
    there = GalleryStore(tmp_path / "there" / "gallery.db", Key.new())
    assert import_gallery(stick, WORDS, there) == (1, 0)
    assert import_gallery(stick, WORDS, there) == (0, 1)
    [person] = there.people()
    assert person == filled.people()[0]
    assert there.examples(person.person_id)[0].jpeg == b"JPEG-BYTES" * 9
    assert len(there.examples(person.person_id, impostors=True)) == 1
    there.close()


def test_the_stick_holds_one_sealed_file(filled, tmp_path):
    folder = tmp_path / "stick"
    folder.mkdir()
    export_gallery(filled._store, folder / "g.ronda", WORDS)
    assert [file.name for file in folder.iterdir()] == ["g.ronda"]
    content = (folder / "g.ronda").read_bytes()
    assert b"Unmistakable" not in content and b"JPEG-BYTES" not in content


def test_wrong_and_short_passphrases_are_refused(filled, tmp_path):
    with pytest.raises(GalleryError, match="has 5 characters"):
        export_gallery(filled._store, tmp_path / "s", "short")
    export_gallery(filled._store, tmp_path / "s", WORDS)
    there = GalleryStore(tmp_path / "there.db", Key.new())
    with pytest.raises(GalleryError, match="wrong passphrase"):
        import_gallery(tmp_path / "s", "another long passphrase", there)
    with pytest.raises(GalleryError, match="exists"):
        export_gallery(filled._store, tmp_path / "s", WORDS)
    there.close()


@pytest.fixture
def stick(filled, tmp_path):
    filled.enrol("Bob", "wanted", [Example(np.eye(filled._template_size, dtype=np.float32)[5], 0.9, b"BOB" * 99)])
    path = tmp_path / "stick.ronda"
    export_gallery(filled._store, path, WORDS)
    return path


def refused(stick, tmp_path, match):
    there = GalleryStore(tmp_path / "there.db", Key.new())
    with pytest.raises(GalleryError, match=match) as caught:
        import_gallery(stick, WORDS, there)
    assert str(stick) in str(caught.value) and caught.value.hint
    assert there.people() == []
    there.close()


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM examples WHERE kind = 'impostor'",
        "DELETE FROM people WHERE number = 2",
        "UPDATE people SET valid_until = 9e9",
        "UPDATE people SET watchlist_id = 'other'",
        "UPDATE examples SET quality = 0.1",
        "UPDATE examples SET picture = zeroblob(40)",
        "UPDATE site SET value = zeroblob(40) WHERE name = 'manifest'",
        "DELETE FROM site WHERE name = 'manifest'",
    ],
)
def test_a_file_that_was_edited_brings_nobody(stick, tmp_path, change):
    with sqlite3.connect(stick) as connection:
        connection.execute(change)
    connection.close()
    refused(stick, tmp_path, "was changed")


@pytest.mark.parametrize("share", [0.0, 0.2, 0.6, 0.95])
def test_a_file_that_was_cut_off_brings_nobody(stick, tmp_path, share):
    content = stick.read_bytes()
    stick.write_bytes(content[: int(len(content) * share)])
    refused(stick, tmp_path, "damaged|cut off|no exported gallery")


def test_people_of_another_model_do_not_spoil_a_gallery(stick, tmp_path):
    there = GalleryStore(tmp_path / "there.db", Key.new())
    own = Person("p-own", "Own", "wanted", "test", 1.0, 0.0, 1, "another-model")
    there.add_person(own, [Example(np.eye(8, dtype=np.float32)[0], 0.9)])
    with pytest.raises(GalleryError, match="this gallery with another-model"):
        import_gallery(stick, WORDS, there)
    assert there.people() == [own]
    there.close()


def test_a_stick_that_is_not_there_is_named(filled, tmp_path):
    with pytest.raises(GalleryError, match="there is no folder"):
        export_gallery(filled._store, tmp_path / "media" / "stick" / "g.ronda", WORDS)


def test_a_gallery_travels_through_the_command_line(filled, tmp_path, monkeypatch):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    filled.close()
    stick, there = tmp_path / "g.ronda", tmp_path / "there"

    def call(words, passphrase):
        monkeypatch.setenv("RONDA_EXPORT_PASSPHRASE", passphrase)
        return CliRunner().invoke(app, [str(word) for word in words])

    done = call(["export", stick, "--faces-dir", tmp_path], WORDS)
    assert done.exit_code == 0 and "1 people" in done.stdout
    wrong = call(["import", stick, "--faces-dir", there], "not the right words")
    assert isinstance(wrong.exception, GalleryError) and "wrong passphrase" in str(wrong.exception)
    done = call(["import", stick, "--faces-dir", there], WORDS)
    assert done.exit_code == 0 and "1 people added, 0 were there" in done.stdout
    assert "Unmistakable" not in (there / "audit.jsonl").read_text()


def test_any_other_file_is_no_gallery(tmp_path):
    (tmp_path / "x").write_bytes(b"hello" * 100)
    there = GalleryStore(tmp_path / "there.db", Key.new())
    with pytest.raises(GalleryError, match="no exported gallery"):
        import_gallery(tmp_path / "x", WORDS, there)
    there.close()


def test_rotating_makes_the_old_key_useless(filled, tmp_path, monkeypatch):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    old = load_site_key(tmp_path / "site.key")
    people = filled.people()
    filled.close()
    result = CliRunner().invoke(app, ["rotate-key", "--faces-dir", str(tmp_path)], catch_exceptions=False)
    assert result.exit_code == 0
    with pytest.raises(GalleryError, match="wrong site key"):
        GalleryStore(tmp_path / "gallery.db", old)
    again = GalleryStore(tmp_path / "gallery.db", load_site_key(tmp_path / "site.key"))
    assert again.people() == people
    again.close()
