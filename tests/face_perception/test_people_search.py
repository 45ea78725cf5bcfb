# SPDX-License-Identifier: Apache-2.0
"""Search in memory that follows the store, and the sealed chunks that a large gallery opens with."""

import numpy as np
import pytest

from face_perception.errors import GalleryError
from face_perception.index_faiss import FaissIndex
from face_perception.people import Example, Person
from face_perception.people_search import MemorySearch
from face_perception.site_key import change_site_key, open_store
from face_perception.store_chunks import Chunk, pack
from face_perception.summary import Summary
from face_perception.vault import KEY_VARIABLE

SIZE, PEOPLE = 64, 700
RNG = np.random.default_rng(4)
CROWD = RNG.normal(size=(PEOPLE, SIZE)).astype(np.float32)
CROWD /= np.linalg.norm(CROWD, axis=1, keepdims=True)


def person(row):
    return Person(f"p-{row}", f"Person {row}", "wanted", "test", float(row), 0.0, 1, "model")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    store = open_store(tmp_path, create=True)
    # Durability is tested elsewhere; 700 forced writes would take most of this file's time.
    with store.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA synchronous=OFF")
    for row in range(PEOPLE):
        store.add_person(person(row), [Example(CROWD[row], 0.9)])
    store.close()
    return tmp_path


def searching(store):
    search = MemorySearch(store, SIZE, lambda size, expected: FaissIndex(size, expected), save_above=100)
    search.refresh()
    return search


def chunks(store):
    return [(int(chunk.numbers[0]), len(chunk.numbers), saved) for chunk, saved in store.all_summaries()]


def test_chunks_are_kept_used_and_destroyed_with_their_people(folder):
    store = open_store(folder)
    assert chunks(store) == [(1, PEOPLE, False)]
    assert len(searching(store)) == PEOPLE
    assert chunks(store) == [(1, PEOPLE, True)]
    search = searching(store)
    assert [search.search(CROWD[row], 1)[0].number for row in (0, 350, 699)] == [1, 351, 700]
    store.remove_person("p-350")
    assert chunks(store) == [(1, PEOPLE - 1, False)]
    search.refresh()
    assert search.search(CROWD[350], 1)[0].number != 351
    assert searching(store).search(CROWD[350], 1)[0].number != 351 and chunks(store) == [(1, PEOPLE - 1, True)]
    store.close()


def test_no_template_of_a_removed_person_stays_in_the_file(folder):
    store = open_store(folder)
    searching(store)
    assert chunks(store)[0][2]
    sealed = store.database.engine.connect()
    content = sealed.exec_driver_sql("SELECT content FROM chunks").scalar()
    sealed.close()
    store.remove_person("p-5")
    store.close()
    parts = (content[:64], content[len(content) // 2 :][:64], content[-64:])
    for file in folder.iterdir():
        stored = file.read_bytes()
        assert not [part for part in parts if part in stored], file


def test_own_thresholds_travel_with_chunks(folder):
    store = open_store(folder)
    store.add_examples("p-3", [Example(CROWD[9], 0.5)], impostor=True)
    expected = store.summary(4).own_threshold
    assert expected > 0
    for _ in range(2):
        [found] = searching(store).search(CROWD[3], 1)
        assert found.number == 4 and found.own_threshold == pytest.approx(expected)
    store.close()


def test_chunks_outlive_a_change_of_the_key(folder):
    store = open_store(folder)
    searching(store)
    store.close()
    assert change_site_key(folder) == PEOPLE
    store = open_store(folder)
    assert chunks(store) == [(1, PEOPLE, True)] and searching(store).search(CROWD[7], 1)[0].number == 8
    store.close()


def test_a_chunk_that_was_overtaken_is_not_saved(folder):
    store = open_store(folder)
    head = store.head()
    [(chunk, _)] = store.all_summaries()
    store.add_examples("p-9", [Example(CROWD[9], 0.9)])
    assert not store.save_chunk(chunk, head)
    assert store.save_chunk(chunk, store.head()) and not store.save_chunk(chunk, store.head())
    store.close()


def test_changes_of_another_process_are_taken_in_without_loading_anew(folder):
    store, other = open_store(folder), open_store(folder)
    loaded = []

    def counted(size, expected):
        loaded.append(expected)
        return FaissIndex(size, expected)

    search = MemorySearch(store, SIZE, counted)
    search.refresh()
    late = -CROWD[0]
    other.add_person(person(9000), [Example(late, 0.9)])
    other.remove_person("p-1")
    search.refresh()
    assert search.search(late, 1)[0].score > 0.99 and len(search) == PEOPLE
    assert search.search(CROWD[1], 1)[0].number != 2
    assert loaded == [PEOPLE]
    store.close()
    other.close()


def test_templates_of_another_length_are_refused(folder):
    store = open_store(folder)
    search = MemorySearch(store, SIZE * 2)
    with pytest.raises(GalleryError, match="length 64, this profile makes 128"):
        search.refresh()
    store.close()


def test_a_chunk_is_read_as_it_was_written():
    made = pack([3, 5, 9], [Summary(CROWD[row], row / 10) for row in range(3)])
    again = Chunk.from_bytes(made.to_bytes())
    assert again.numbers.tolist() == [3, 5, 9] and again.own_thresholds.tolist() == pytest.approx([0, 0.1, 0.2])
    assert np.array_equal(again.templates, CROWD[:3].astype(np.float16))
