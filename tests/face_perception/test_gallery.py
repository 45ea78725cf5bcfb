# SPDX-License-Identifier: Apache-2.0
import multiprocessing
import os
import signal
import sqlite3

import numpy as np
import pytest

from face_perception.calibration import Calibration, load_calibration
from face_perception.errors import GalleryError, PolicyError, WatchlistError
from face_perception.gallery import Gallery
from face_perception.people import Example
from face_perception.site import load_site
from face_perception.store import GalleryStore
from face_perception.vault import Key, load_site_key
from ronda_core.clock import SystemClock


def example(gallery, seed, jpeg=b"", near=None, noise=0.0):
    rng = np.random.default_rng(seed)
    size = gallery._template_size
    vector = rng.normal(size=size) if near is None else near.template + noise * rng.normal(size=size) / size**0.5
    return Example((vector / np.linalg.norm(vector)).astype(np.float32), 0.9, jpeg)


def test_an_enrolled_person_is_found(gallery):
    ann, bob = example(gallery, 1), example(gallery, 2)
    first = gallery.enrol("Ann", "wanted", [ann])
    gallery.enrol("Bob", "wanted", [bob])
    hits = gallery.search(ann.template)
    assert hits[0].person_id == first.person_id and hits[0].score == pytest.approx(1, abs=1e-4)
    assert hits[1].score < hits[1].threshold


def test_everything_survives_a_restart(gallery, tmp_path, site_file, clock):
    made = gallery.enrol("Ann", "wanted", [example(gallery, 1, b"picture one"), example(gallery, 2)], "seen twice")
    gallery.close()
    again = Gallery.open(tmp_path, load_site(site_file), gallery._calibration, gallery._template_size, clock)
    assert again.people() == [made]
    assert again.portrait(made.person_id) == b"picture one"
    again.close()


def test_another_process_is_seen_at_once(gallery, tmp_path, site_file, clock):
    other = Gallery.open(tmp_path, load_site(site_file), gallery._calibration, gallery._template_size, clock)
    assert other.people() == []
    ann = gallery.enrol("Ann", "wanted", [example(gallery, 1)])
    assert other.people() == [ann]
    other.remove(ann.person_id)
    assert gallery.search(example(gallery, 1).template) == []
    other.close()


def test_without_a_site_nobody_is_enrolled_or_named(gallery):
    gallery.enrol("Ann", "wanted", [example(gallery, 1)])
    gallery.site = None
    assert gallery.search(example(gallery, 1).template) == [] and not gallery.permitted
    with pytest.raises(PolicyError, match="identification is off"):
        gallery.enrol("Bob", "wanted", [example(gallery, 2)])


def test_expired_people_and_lists_never_match(gallery, clock):
    gallery.enrol("Ann", "wanted", [example(gallery, 1)], valid_until=clock.now() + 3600)
    assert gallery.search(example(gallery, 1).template)
    clock.advance(3601)
    assert gallery.search(example(gallery, 1).template) == []
    gallery.enrol("Bob", "wanted", [example(gallery, 2)])
    clock.advance(5 * 366 * 86400)
    assert gallery.search(example(gallery, 2).template) == []
    with pytest.raises(WatchlistError, match="has expired"):
        gallery.enrol("Cy", "wanted", [example(gallery, 3)])


def test_entries_lists_and_sites_end_at_their_very_second(gallery, clock):
    until = clock.now() + 100
    gallery.enrol("Ann", "wanted", [example(gallery, 1)], valid_until=until)
    gallery.enrol("Bob", "wanted", [example(gallery, 2)])
    clock.advance(99.999)
    assert gallery.search(example(gallery, 1).template, 1)[0].score > 0.99
    clock.advance(until - clock.now())
    assert gallery.search(example(gallery, 1).template, 1)[0].score < 0.5
    end = gallery.site.watchlists["wanted"].valid_until
    clock.advance(end - clock.now() - 0.001)
    assert gallery.search(example(gallery, 2).template)
    clock.advance(end - clock.now())
    assert gallery.search(example(gallery, 2).template) == [] and not gallery.permitted


def test_expired_people_do_not_hide_valid_ones(gallery, clock):
    base = example(gallery, 1)
    for seed in range(10):
        gallery.enrol("Old", "wanted", [example(gallery, seed, near=base, noise=0.1)], valid_until=clock.now() + 1)
    valid = gallery.enrol("New", "wanted", [example(gallery, 99, near=base, noise=0.5)])
    clock.advance(2)
    assert [hit.person_id for hit in gallery.search(base.template)] == [valid.person_id]


def test_a_rejected_stranger_is_not_named_again_but_the_person_is(gallery):
    ann = example(gallery, 1)
    person = gallery.enrol("Ann", "wanted", [ann])
    stranger = example(gallery, 2, near=ann, noise=1.2)
    before = gallery.search(stranger.template)[0]
    assert before.score >= before.threshold
    gallery.reject(person.person_id, stranger.template, 0.9)
    after = gallery.search(stranger.template)[0]
    assert after.score < after.threshold
    genuine = gallery.search(ann.template)[0]
    assert genuine.score >= genuine.threshold


def test_a_rejected_stranger_raises_that_person_s_threshold_alone(gallery):
    ann, bob = example(gallery, 1), example(gallery, 2)
    first, second = (gallery.enrol(name, "wanted", [one]) for name, one in (("Ann", ann), ("Bob", bob)))
    before = {hit.person_id: hit.threshold for hit in gallery.search(ann.template)}
    stranger = example(gallery, 3, near=ann, noise=0.8)
    gallery.reject(first.person_id, stranger.template, 0.9)
    after = {hit.person_id: hit.threshold for hit in gallery.search(ann.template)}
    cosine = float(stranger.template @ ann.template)
    assert after[first.person_id] == pytest.approx(cosine + 0.05, abs=1e-3)
    assert after[first.person_id] > before[first.person_id]
    assert after[second.person_id] == before[second.person_id]


def test_deleting_leaves_no_byte_of_the_person(gallery, tmp_path):
    picture = os.urandom(3000)
    person = gallery.enrol("Ann Unmistakable", "wanted", [example(gallery, 1, picture)], reason="very particular")
    gallery.enrol("Bob", "wanted", [example(gallery, 2)])
    rows = sqlite3.connect(tmp_path / "gallery.db")
    key, card = rows.execute("select key, card from people where person_id=?", [person.person_id]).fetchone()
    sealed = rows.execute("select template, picture from examples where person_id=?", [person.person_id]).fetchone()
    rows.close()
    gallery.remove(person.person_id)
    secrets = [key, card, *sealed, picture, b"Unmistakable", b"very particular", person.person_id.encode()]
    secrets.append(example(gallery, 1).template.tobytes())
    for file in tmp_path.rglob("*"):
        content = file.read_bytes()
        for secret in secrets:
            assert secret[:64] not in content and secret[-32:] not in content, file
    with pytest.raises(GalleryError, match="no person"):
        gallery.remove(person.person_id)


def test_nothing_personal_is_readable_without_the_key(gallery, tmp_path):
    gallery.enrol("Ann Unmistakable", "wanted", [example(gallery, 1, b"JPEG-BYTES" * 50)], reason="very particular")
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("gallery.db*"))
    template = example(gallery, 1).template.tobytes()
    for secret in (b"Unmistakable", b"very particular", b"JPEG-BYTES", template[:32], template[-32:]):
        assert secret not in stored


def test_wrong_key_is_refused(gallery, tmp_path):
    with pytest.raises(GalleryError, match="wrong site key"):
        GalleryStore(tmp_path / "gallery.db", Key.new())


def test_rotation_changes_the_site_key_only(gallery, tmp_path):
    person = gallery.enrol("Ann", "wanted", [example(gallery, 1, b"picture")])
    new = Key.new()
    store = GalleryStore(tmp_path / "gallery.db", load_site_key(tmp_path / "site.key"))
    assert store.rotate(new) == 1
    store.close()
    fresh = GalleryStore(tmp_path / "gallery.db", new)
    assert fresh.people() == [person] and fresh.examples(person.person_id)[0].jpeg == b"picture"
    fresh.close()


def test_a_gallery_of_another_model_is_not_mixed(gallery, tmp_path, site_file, clock):
    gallery.enrol("Ann", "wanted", [example(gallery, 1)])
    other = Calibration("other-model", "test", 10_000, 10, ((1e-3, 0.4), (1e-2, 0.3)))
    wrong = Gallery.open(tmp_path, load_site(site_file), other, gallery._template_size, clock)
    with pytest.raises(GalleryError, match="was made with"):
        wrong.people()
    wrong.close()


@pytest.mark.parametrize(("name", "count", "reason"), [("", 1, "needs a name"), ("Ann", 0, "at least one picture")])
def test_incomplete_people_are_refused(gallery, name, count, reason):
    with pytest.raises(GalleryError, match=reason):
        gallery.enrol(name, "wanted", [example(gallery, 1)] * count)


def test_a_template_of_another_length_is_refused(gallery):
    with pytest.raises(GalleryError, match="does not fit"):
        gallery.enrol("Ann", "wanted", [Example(np.ones(5, np.float32), 0.5)])


def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "gallery.db").write_bytes(b"something else" * 100)
    with pytest.raises(GalleryError, match=r"gallery[.]db"):
        GalleryStore(tmp_path / "gallery.db", Key.new())


def enrol_for_ever(folder, site_file, recogniser, size, acknowledge):
    gallery = Gallery.open(folder, load_site(site_file), load_calibration(recogniser), size, SystemClock())
    for number in range(10_000):
        acknowledge.send(gallery.enrol(f"Person {number}", "wanted", [example(gallery, number)]).person_id)


@pytest.mark.slow
def test_killed_writers_lose_nothing_acknowledged(gallery, tmp_path, site_file, clock):
    spawn = multiprocessing.get_context("spawn")
    acknowledged = []
    for run in range(4):
        reader, writer = spawn.Pipe(duplex=False)
        arguments = (tmp_path, site_file, gallery._calibration.recogniser, gallery._template_size, writer)
        process = spawn.Process(target=enrol_for_ever, args=arguments)
        process.start()
        writer.close()
        for _ in range(5 + 3 * run):
            acknowledged.append(reader.recv())
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        while True:
            try:
                acknowledged.append(reader.recv())
            except EOFError:
                break
    stored = {person.person_id for person in gallery.people()}
    assert set(acknowledged) <= stored
    assert len(stored) <= len(acknowledged) + 4
