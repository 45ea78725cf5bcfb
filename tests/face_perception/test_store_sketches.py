# SPDX-License-Identifier: Apache-2.0
"""The gallery on a real PostgreSQL server with pgvector."""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import create_engine, text

from face_perception.errors import GalleryError, WrongKeyError
from face_perception.gallery import Gallery
from face_perception.people import Example
from face_perception.people_search import ServerSearch
from face_perception.site import load_site
from face_perception.site_key import change_site_key, open_store
from face_perception.store import GalleryStore
from face_perception.store_sketches import axes
from face_perception.vault import Key

# One server, hence one worker.
pytestmark = pytest.mark.xdist_group("vector_server")
SIZE = 704


def unit(vectors):
    return (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)


def example(seed, jpeg=b"", near=None, noise=0.0):
    made = np.random.default_rng(seed).normal(size=SIZE)
    return Example(unit(made if near is None else near.template + noise * made / SIZE**0.5), 0.9, jpeg)


def again(gallery, tmp_path, site_file, clock, database):
    site = load_site(site_file)
    return Gallery.open(tmp_path, site, gallery.calibration, SIZE, clock, database=database)


def sqlalchemy_url(database):
    return database.replace("postgresql://", "postgresql+psycopg://")


def test_enrol_find_reject_remove(server_gallery):
    ann, bob = example(1, b"picture"), example(2)
    first = server_gallery.enrol("Ann", "wanted", [ann, example(3, near=ann, noise=0.3)], "seen twice")
    server_gallery.enrol("Bob", "wanted", [bob])
    hits = server_gallery.search(ann.template)
    assert hits[0].person_id == first.person_id and hits[0].score > 0.95 and hits[1].score < hits[1].threshold
    stranger = example(4, near=ann, noise=1.2)
    before = server_gallery.search(stranger.template)[0]
    assert before.score >= before.threshold
    server_gallery.reject(first.person_id, stranger.template, 0.9)
    after = server_gallery.search(stranger.template)[0]
    assert after.person_id == first.person_id and after.score < after.threshold
    assert server_gallery.portrait(first.person_id) == b"picture"
    server_gallery.remove(first.person_id)
    assert [person.name for person in server_gallery.people()] == ["Bob"]
    assert first.person_id not in [hit.person_id for hit in server_gallery.search(ann.template)]


def test_another_robot_with_the_same_key_sees_everything_at_once(server_gallery, tmp_path, site_file, clock, database):
    other = again(server_gallery, tmp_path, site_file, clock, database)
    ann = server_gallery.enrol("Ann", "wanted", [example(1)])
    assert other.people() == [ann] and other.search(example(1).template)[0].person_id == ann.person_id
    other.remove(ann.person_id)
    assert server_gallery.search(example(1).template) == []
    other.close()


def test_expired_people_do_not_hide_valid_ones(server_gallery, clock):
    base = example(1)
    for seed in range(10):
        server_gallery.enrol("Old", "wanted", [example(seed, near=base, noise=0.1)], valid_until=clock.now() + 1)
    valid = server_gallery.enrol("New", "wanted", [example(99, near=base, noise=0.5)])
    clock.advance(1)
    assert [hit.person_id for hit in server_gallery.search(base.template)] == [valid.person_id]


def test_the_nearest_person_is_the_truly_nearest(server_gallery):
    rng = np.random.default_rng(5)
    crowd = unit(rng.normal(size=(30, SIZE))[rng.integers(30, size=600)] + 1.2 * rng.normal(size=(600, SIZE)))
    for row, vector in enumerate(crowd):
        server_gallery.enrol(str(row), "wanted", [Example(vector, 0.9)])
    names = {person.person_id: int(person.name) for person in server_gallery.people()}
    right = 0
    for row in range(0, 600, 6):
        query = unit(crowd[row] + 1.3 * rng.normal(size=SIZE) / SIZE**0.5)
        right += names[server_gallery.search(query, 1)[0].person_id] == int((crowd @ query).argmax())
    assert right >= 99


def test_more_can_be_asked_for_than_the_index_promises(server_gallery):
    for seed in range(30):
        server_gallery.enrol(str(seed), "wanted", [example(seed)])
    found = ServerSearch(server_gallery._store).search(example(3).template, 400)
    assert len(found) == 30 and found[0].score == pytest.approx(1, abs=1e-4)


def test_no_byte_of_the_server_s_folder_names_or_shows_anybody(server_gallery, vector_server):
    person = server_gallery.enrol("Ann Unmistakable", "wanted", [example(1, b"JPEG-BYTES" * 99)], "very particular")
    vector_server.psql("CHECKPOINT;")
    template = example(1).template.tobytes()
    secrets = (b"Unmistakable", b"very particular", b"JPEG-BYTES", template[:24], template[-24:])
    seen = False
    for file in vector_server.pgdata.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            seen = seen or person.person_id.encode() in content
            assert not [secret for secret in secrets if secret in content], file
    assert seen, "the search would not have found anything in this folder"


def test_removing_leaves_no_row_and_a_new_key_makes_the_rest_useless(server_gallery, tmp_path, database, monkeypatch):
    monkeypatch.delenv("RONDA_FACES_KEY", raising=False)
    ann = server_gallery.enrol("Ann", "wanted", [example(1)])
    bob = server_gallery.enrol("Bob", "wanted", [example(2)])
    old = open_store(tmp_path, database)
    server_gallery.remove(ann.person_id)
    engine = create_engine(sqlalchemy_url(database))
    with engine.connect() as connection:
        before = connection.execute(text("SELECT bits::text FROM sketches")).scalars().all()
        for table in ("people", "examples"):
            rows = connection.execute(text(f"SELECT * FROM {table}")).all()
            assert len(rows) == 1 and ann.person_id not in str(rows)
    assert len(before) == 1
    assert change_site_key(tmp_path, database) == 1
    with engine.connect() as connection:
        after = connection.execute(text("SELECT bits::text FROM sketches")).scalars().all()
    engine.dispose()
    # Other axes: the new sketch says nothing to whoever kept the old one.
    differing = np.mean([one != other for one, other in zip(before[0], after[0], strict=True)])
    assert 0.4 < differing < 0.6
    with pytest.raises(WrongKeyError):
        old.add_person(bob, [example(3)])
    old.close()
    store = open_store(tmp_path, database)
    assert store.people() == [bob]
    [found] = ServerSearch(store).search(example(2).template, 1)
    assert found.score == pytest.approx(1, abs=1e-4)
    store.close()


def test_wrong_key_other_model_and_other_length_are_refused(server_gallery, tmp_path, site_file, clock, database):
    server_gallery.enrol("Ann", "wanted", [example(1)])
    with pytest.raises(WrongKeyError, match="wrong site key"):
        GalleryStore(database, Key.new())
    store = open_store(tmp_path, database)
    with pytest.raises(GalleryError, match="was made for templates of 704 numbers, not 64"):
        ServerSearch(store).search(np.ones(64, np.float32), 1)
    store.close()


def test_axes_are_rotations_that_the_secret_decides():
    made = axes(b"k" * 32, 48)
    for rotation in (made[:48], made[48:]):
        assert np.allclose(rotation @ rotation.T, np.eye(48), atol=1e-5)
    assert np.array_equal(made, axes(b"k" * 32, 48)) and not np.allclose(made, axes(b"l" * 32, 48))


@pytest.mark.parametrize(
    ("url", "words", "hint"),
    [
        ("postgresql://ann:hunter2@/x?host=/nowhere", "postgresql.*ann", "server runs"),
        ("mysql://ann:hunter2@host/x", "not supported", "postgresql://"),
        ("hunter2", "cannot be read", "postgresql://"),
    ],
)
def test_unusable_urls_are_named_without_their_password(url, words, hint):
    with pytest.raises(GalleryError, match=words) as caught:
        GalleryStore(url, Key.new())
    assert hint in caught.value.hint and "hunter2" not in f"{caught.value} {caught.value.hint}"


def test_a_server_without_pgvector_is_told_what_to_install():
    script = Path(__file__).parents[2] / "scripts" / "private_postgres"
    folder = Path(tempfile.mkdtemp(prefix="ronda-pg-"))
    started = subprocess.run([script, "start", folder], capture_output=True, text=True, check=False)
    if started.returncode == 3:
        pytest.skip(started.stderr.strip())
    try:
        url = started.stdout.strip()
        engine = create_engine(url)
        with engine.connect() as connection:
            if connection.scalar(text("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'")):
                pytest.skip("this PostgreSQL has pgvector")
        engine.dispose()
        store = GalleryStore(url, Key.new())
        with pytest.raises(GalleryError, match="vector") as caught:
            ServerSearch(store).search(example(1).template, 1)
        assert "pgvector" in caught.value.hint
        store.close()
    finally:
        subprocess.run([script, "stop", folder], check=True)


def test_the_command_line_uses_the_server(tmp_path, site_file, people, database):
    command = [sys.executable, "-m", "ronda_cli", "faces"]
    environment = {"PATH": "/usr/bin", "RONDA_FACES_DATABASE": database, "PYTHONPATH": ":".join(sys.path)}
    picture = people / "watchlist" / "Barack Obama" / "enrol_1.jpg"

    def call(*words):
        done = subprocess.run(
            [*command, *map(str, words), "--faces-dir", str(tmp_path)],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    call("enrol", "Listed", picture, "-w", "wanted")
    assert "Listed" in call("list") and not (tmp_path / "gallery.db").exists()
    assert "True" in call("search", picture.with_name("world.jpg"))
