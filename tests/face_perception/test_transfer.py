# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from typer.testing import CliRunner

from face_perception.cli import app
from face_perception.errors import GalleryError
from face_perception.people import Example
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
