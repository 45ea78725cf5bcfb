# SPDX-License-Identifier: Apache-2.0
import stat

import pytest

from face_perception.errors import GalleryError
from face_perception.vault import KEY_VARIABLE, Key, load_site_key


def test_what_is_sealed_opens_in_its_place_only():
    key = Key.new()
    sealed = key.seal(b"template", "person 1")
    assert key.open(sealed, "person 1") == b"template" and b"template" not in sealed
    with pytest.raises(GalleryError, match="person 2"):
        key.open(sealed, "person 2")


@pytest.mark.parametrize("damage", [lambda s: s[:-1], lambda s: s[:5], lambda s: b"", lambda s: s[:-1] + b"!"])
def test_damaged_bytes_are_refused(damage):
    key = Key.new()
    with pytest.raises(GalleryError, match="wrong site key or damaged"):
        key.open(damage(key.seal(b"x" * 40, "p")), "p")


def test_sealing_twice_gives_different_bytes():
    key = Key.new()
    assert key.seal(b"x", "p") != key.seal(b"x", "p")


def test_first_use_makes_a_private_file(tmp_path, monkeypatch):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    path = tmp_path / "faces" / "site.key"
    first = load_site_key(path, create=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_site_key(path).open(first.seal(b"x", "p"), "p") == b"x"
    assert [file.name for file in path.parent.iterdir()] == ["site.key"]


def test_readable_key_file_is_refused_with_the_fix(tmp_path, monkeypatch):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    path = tmp_path / "site.key"
    load_site_key(path, create=True)
    path.chmod(0o644)
    with pytest.raises(GalleryError, match="readable by others") as caught:
        load_site_key(path)
    assert caught.value.hint == f"chmod 600 {path}"


def test_environment_wins(tmp_path, monkeypatch):
    key = Key.new()
    monkeypatch.setenv(KEY_VARIABLE, key.encoded())
    assert load_site_key(tmp_path / "none").open(key.seal(b"x", "p"), "p") == b"x"


@pytest.mark.parametrize("text", ["", "not base64!", "c2hvcnQ="])
def test_nonsense_is_no_key(tmp_path, monkeypatch, text):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    path = tmp_path / "site.key"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(GalleryError, match="holds no key"):
        load_site_key(path)


def test_missing_key_of_an_existing_gallery_is_not_invented(tmp_path, monkeypatch):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    with pytest.raises(GalleryError, match="is missing"):
        load_site_key(tmp_path / "site.key")
