# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from face_perception.index import EXACT_UP_TO, ExactIndex, make_index
from face_perception.index_faiss import FaissIndex

PEOPLE = 6000
NUMBERS = np.arange(10, 10 + PEOPLE)


@pytest.fixture(scope="module")
def crowd():
    """Templates of people in 60 groups that resemble each other, as families of faces do; row r is person 10 + r."""
    rng = np.random.default_rng(6)
    groups = rng.normal(size=(60, 64))
    made = groups[rng.integers(60, size=PEOPLE)] + rng.normal(size=(PEOPLE, 64))
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def index(crowd):
    index = FaissIndex(64, PEOPLE)
    index.put_many(NUMBERS, crowd)
    return index


def test_nearest_person_agrees_with_exact_search(crowd, index):
    exact = ExactIndex(64)
    exact.put_many(NUMBERS, crowd)
    rng = np.random.default_rng(7)
    agreed = 0
    for row in rng.choice(PEOPLE, 300, replace=False):
        query = crowd[row] + 0.08 * rng.normal(size=64).astype(np.float32)
        query /= np.linalg.norm(query)
        [(one, score)], [(two, expected)] = index.search(query, 1), exact.search(query, 1)
        agreed += one == two
        assert score <= expected + 2e-3
    assert agreed >= 297


def test_many_results_are_exact(crowd, index):
    exact = ExactIndex(64)
    exact.put_many(NUMBERS, crowd)
    found, expected = index.search(crowd[5], 500), exact.search(crowd[5], 500)
    assert [score for _, score in found] == pytest.approx([score for _, score in expected], abs=2e-3)


def test_removed_people_are_not_found_and_leave_no_template(crowd, index):
    index.search(crowd[0], 1)
    index.remove(15)
    index.remove(99_999)
    assert len(index) == PEOPLE - 1
    assert 15 not in dict(index.search(crowd[5], 20))
    assert not index._templates[5].any()


def test_replacing_keeps_one_template_per_person(crowd, index):
    index.put(11, crowd[2])
    assert len(index) == PEOPLE
    assert {number for number, score in index.search(crowd[2], 2) if score > 0.999} == {11, 12}


def test_people_who_come_later_are_found_at_once(crowd, index):
    index.search(crowd[0], 1)
    late = -crowd[:50]
    index.put_many(np.arange(20_000, 20_050), late)
    assert [index.search(vector, 1)[0][0] for vector in late] == list(range(20_000, 20_050))


def test_half_of_the_people_may_leave(crowd, index):
    index.search(crowd[0], 1)
    for number in NUMBERS[: PEOPLE // 2].tolist():
        index.remove(number)
    rows = range(PEOPLE // 2, PEOPLE, 97)
    assert [index.search(crowd[row], 1)[0][0] for row in rows] == [10 + row for row in rows]
    assert len(index) == PEOPLE // 2 and not index._templates[index._used :].any()


def test_more_may_come_than_were_expected(crowd):
    index = FaissIndex(64, 100)
    for at in range(0, PEOPLE, 1000):
        index.put_many(NUMBERS[at : at + 1000], crowd[at : at + 1000])
        assert index.search(crowd[at + 7], 1)[0][0] == 17 + at


def test_empty_index_finds_nothing():
    assert FaissIndex(64, 10).search(np.ones(64, np.float32), 3) == []


def test_the_size_of_the_gallery_chooses():
    assert isinstance(make_index(64, EXACT_UP_TO), ExactIndex)
    assert isinstance(make_index(64, EXACT_UP_TO + 1), FaissIndex)
