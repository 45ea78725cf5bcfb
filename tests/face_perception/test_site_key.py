# SPDX-License-Identifier: Apache-2.0
"""Changing the site key, cut off at every step by a real SIGKILL."""

import multiprocessing
import os
import signal
from pathlib import Path

import numpy as np
import pytest

from face_perception import site_key
from face_perception.errors import GalleryError, WrongKeyError
from face_perception.people import Example, Person
from face_perception.site_key import change_site_key, open_store
from face_perception.store import GalleryStore
from face_perception.vault import KEY_VARIABLE, Key, load_site_key

ANN = Person("p-ann", "Ann", "wanted", "test", 1.0, 0.0, 1, "model")
TEMPLATE = np.eye(8, dtype=np.float32)[0]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    store = open_store(tmp_path, create=True)
    store.add_person(ANN, [Example(TEMPLATE, 0.9, b"picture")])
    store.close()
    return tmp_path


def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)


def change_and_die(folder, step):
    """Change the key in a process that kills itself before or after one of its steps."""
    if step == "before the new key is written":
        site_key.write_site_key = die
    elif step == "after the new key is written":
        GalleryStore.rotate = die
    elif step == "inside the gallery's transaction":
        site_key.GalleryStore._writing = _dying(GalleryStore._writing)
    else:
        site_key._put_in_place = die
    change_site_key(folder)


def _dying(writing):
    from contextlib import contextmanager

    @contextmanager
    def until_commit(store, record=None):
        with writing(store, die) as connection:
            yield connection

    return until_commit


STEPS = [
    "before the new key is written",
    "after the new key is written",
    "inside the gallery's transaction",
    "after the gallery took the new key",
]


@pytest.mark.parametrize("step", STEPS)
def test_a_change_that_was_killed_is_recovered_by_the_next_opening(folder, step):
    before = (folder / "site.key").read_text()
    process = multiprocessing.get_context("fork").Process(target=change_and_die, args=(folder, step))
    process.start()
    process.join(30)
    assert process.exitcode == -signal.SIGKILL
    store = open_store(folder)
    assert store.people() == [ANN] and store.examples("p-ann")[0].jpeg == b"picture"
    store.close()
    taken = step == STEPS[-1]
    assert ((folder / "site.key").read_text() != before) == taken
    # And the next change goes through as if nothing had been.
    assert change_site_key(folder) == 1
    assert not (folder / "site.key.new").exists()
    store = open_store(folder)
    assert store.people() == [ANN]
    store.close()


def test_a_program_with_the_old_key_cannot_write_what_nobody_could_read(folder):
    old = open_store(folder)
    change_site_key(folder)
    with pytest.raises(WrongKeyError, match="wrong site key") as caught:
        old.add_examples("p-ann", [Example(TEMPLATE, 0.5)])
    assert "restart" in caught.value.hint
    old.close()


def test_two_changes_at_once_are_refused(folder):
    with site_key._alone(folder), pytest.raises(GalleryError, match="being changed already"):
        change_site_key(folder)


def test_a_wrong_key_stays_wrong(folder):
    (folder / "site.key").write_text(Key.new().encoded())
    with pytest.raises(WrongKeyError, match="wrong site key"):
        open_store(folder)
    (folder / "site.key.new").write_text(Key.new().encoded())
    (folder / "site.key.new").chmod(0o600)
    with pytest.raises(WrongKeyError, match="wrong site key"):
        open_store(folder)


def test_the_key_from_the_environment_is_not_changed_here(folder, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, load_site_key(folder / "site.key").encoded())
    with pytest.raises(GalleryError, match="no command can change"):
        change_site_key(folder)


def test_nothing_is_begun_where_nothing_is(tmp_path):
    with pytest.raises(GalleryError, match="there is no gallery"):
        open_store(tmp_path)
    with pytest.raises(GalleryError, match="there is no gallery"):
        change_site_key(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


def make_first(folder, ready, results):
    ready.wait(30)
    store = open_store(Path(folder), create=True)
    results.put(store._key.encoded())
    store.close()


def test_programs_that_start_together_make_one_gallery_with_one_key(tmp_path, monkeypatch):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    fork = multiprocessing.get_context("fork")
    ready, results = fork.Event(), fork.Queue()
    processes = [fork.Process(target=make_first, args=(tmp_path, ready, results)) for _ in range(6)]
    for process in processes:
        process.start()
    ready.set()
    keys = {results.get(timeout=30) for _ in processes}
    for process in processes:
        process.join(30)
    assert len(keys) == 1
    assert sorted(file.name for file in tmp_path.iterdir() if not file.name.endswith(("-wal", "-shm"))) == [
        "gallery.db",
        "site.key",
    ]
