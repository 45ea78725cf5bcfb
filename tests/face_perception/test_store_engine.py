# SPDX-License-Identifier: Apache-2.0
"""Disks that are full and files that are damaged."""

import multiprocessing
import os
import resource
import subprocess

import numpy as np
import pytest

from face_perception.audit import AuditLog
from face_perception.errors import GalleryError
from face_perception.people import Example, Person
from face_perception.store import GalleryStore
from face_perception.store_engine import Database, create_sqlite
from face_perception.vault import Key
from ronda_core.clock import SystemClock

KEY = Key(b"k" * 32)
TEMPLATE = np.eye(512, dtype=np.float32)[0]


def person(number):
    return Person(f"p-{number}", f"Person {number}", "wanted", "test", float(number), 0.0, 1, "model")


def enrol(store, audit, number, picture=50_000):
    store.add_person(
        person(number),
        [Example(TEMPLATE, 0.9, os.urandom(picture))],
        lambda: audit.append("enrol", person_id=f"p-{number}"),
    )


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 1.5 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1536k", "tmpfs", place], capture_output=True, text=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip(f"only root may mount a small disk: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", place], check=True)


def fill(folder):
    """Enrol until an error; return the ids that were acknowledged and the error."""
    store, audit = GalleryStore(folder / "gallery.db", KEY), AuditLog(folder / "audit.jsonl", SystemClock())
    acknowledged = []
    try:
        for number in range(200):
            enrol(store, audit, number)
            acknowledged.append(f"p-{number}")
        return acknowledged, None
    except GalleryError as error:
        return acknowledged, error
    finally:
        store.close()


def check_whole(folder, acknowledged):
    """Check that the gallery opens, holds what was acknowledged and nothing else, and takes changes."""
    store = GalleryStore(folder / "gallery.db", KEY)
    assert [one.person_id for one in store.people()] == acknowledged
    for person_id in acknowledged:
        assert len(store.examples(person_id)[0].jpeg) == 50_000
    with store.database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    return store


def test_a_full_disk_is_said_and_loses_nothing(small_disk):
    acknowledged, error = fill(small_disk)
    assert len(acknowledged) > 3
    assert "full" in str(error) or "No space" in str(error)
    assert "space on the disk" in error.hint
    store = check_whole(small_disk, acknowledged)
    # Removing somebody must be possible on a full disk once there is a little room for it.
    store.close()
    subprocess.run(["mount", "-o", "remount,size=4m", small_disk], check=True)
    store = check_whole(small_disk, acknowledged)
    store.remove_person(acknowledged[0])
    enrol(store, AuditLog(small_disk / "audit.jsonl", SystemClock()), 777)
    store.close()


def fill_under_limit(folder, results):
    # Every write beyond this size of a file fails, for a user without rights too.
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
    acknowledged, error = fill(folder)
    results.put((acknowledged, str(error), error.hint if error else ""))


def test_a_file_that_may_not_grow_is_said_and_loses_nothing(tmp_path):
    fork = multiprocessing.get_context("fork")
    results = fork.Queue()
    process = fork.Process(target=fill_under_limit, args=(tmp_path, results))
    process.start()
    acknowledged, message, hint = results.get(timeout=60)
    process.join(30)
    assert len(acknowledged) > 3 and "gallery" in message and "disk" in hint
    check_whole(tmp_path, acknowledged).close()


def test_an_event_that_cannot_be_logged_undoes_the_change(tmp_path):
    store = GalleryStore(tmp_path / "gallery.db", KEY)

    def refuse():
        raise GalleryError("audit log cannot be written", hint="free space on the disk")

    with pytest.raises(GalleryError, match="audit log"):
        store.add_person(person(1), [Example(TEMPLATE, 0.9)], refuse)
    assert store.people() == [] and store.head() == 0
    store.add_person(person(2), [Example(TEMPLATE, 0.9)])
    with pytest.raises(GalleryError, match="audit log"):
        store.remove_person("p-2", refuse)
    assert [one.person_id for one in store.people()] == ["p-2"]
    store.close()


@pytest.fixture
def filled(tmp_path):
    store, audit = GalleryStore(tmp_path / "gallery.db", KEY), AuditLog(tmp_path / "audit.jsonl", SystemClock())
    for number in range(5):
        enrol(store, audit, number)
    store.close()
    return tmp_path / "gallery.db"


def read_everything(path):
    store = GalleryStore(path, KEY)
    try:
        for one in store.people():
            store.examples(one.person_id)
        return list(store.all_summaries())
    finally:
        store.close()


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.7, 0.97])
def test_a_truncated_gallery_is_refused_by_name(filled, share):
    content = filled.read_bytes()
    filled.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(GalleryError, match=r"gallery[.]db") as caught:
        read_everything(filled)
    assert caught.value.hint


def test_changed_bytes_never_pass_for_a_person(filled):
    content = filled.read_bytes()
    rng = np.random.default_rng(3)
    refused = 0
    for _ in range(60):
        damaged = bytearray(content)
        for at in rng.integers(len(content), size=20):
            damaged[at] ^= 0xFF
        filled.write_bytes(damaged)
        try:
            read_everything(filled)
        except GalleryError as error:
            refused += 1
            assert error.hint
    assert refused > 30


def test_an_edited_row_is_refused(filled):
    database = Database(filled)
    with database.transaction(write=True) as connection:
        connection.exec_driver_sql("UPDATE people SET valid_until = 9e9 WHERE person_id = 'p-1'")
    database.close()
    with pytest.raises(GalleryError, match="card of p-1"):
        read_everything(filled)


def test_a_folder_may_have_any_name(tmp_path):
    path = tmp_path / "a?b#c%20 d" / "gallery.db"
    store = GalleryStore(path, KEY)
    store.add_person(person(1), [Example(TEMPLATE, 0.9)])
    store.close()
    again = GalleryStore(path, KEY, read_only=True)
    assert [one.person_id for one in again.people()] == ["p-1"]
    again.close()


def test_making_a_gallery_leaves_an_existing_one_alone(filled):
    before = filled.read_bytes()
    create_sqlite(filled, lambda connection: None)
    assert filled.read_bytes() == before
