# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from face_perception.index import EXACT_UP_TO, ExactIndex, make_index
from face_perception.index_faiss import FaissIndex


@pytest.fixture(scope="module")
def crowd():
    """Templates of 6,000 people in 60 groups that resemble each other, as families of faces do."""
    rng = np.random.default_rng(6)
    groups = rng.normal(size=(60, 64))
    made = groups[rng.integers(60, size=6000)] + rng.normal(size=(6000, 64))
    made = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)
    return {f"p{row}": vector for row, vector in enumerate(made)}


@pytest.fixture(scope="module")
def both(crowd):
    exact, fast = ExactIndex(64), FaissIndex(64, len(crowd))
    exact.put_many(crowd)
    fast.put_many(crowd)
    return exact, fast


def test_nearest_person_agrees_with_exact_search(crowd, both):
    exact, fast = both
    rng = np.random.default_rng(7)
    agreed = 0
    for key in rng.choice(list(crowd), 300, replace=False):
        query = crowd[key] + 0.08 * rng.normal(size=64).astype(np.float32)
        query /= np.linalg.norm(query)
        [(one, score)], [(two, expected)] = fast.search(query, 1), exact.search(query, 1)
        agreed += one == two
        assert score <= expected + 2e-3
    assert agreed >= 297


def test_removed_people_are_not_found(crowd):
    index = FaissIndex(64, len(crowd))
    index.put_many(crowd)
    index.remove("p5")
    index.remove("nobody")
    assert len(index) == 5999
    assert "p5" not in dict(index.search(crowd["p5"], 20))


def test_replacing_keeps_one_template_per_person(crowd):
    index = FaissIndex(64, len(crowd))
    index.put_many(crowd)
    index.put("p1", crowd["p2"])
    assert len(index) == 6000
    assert {key for key, score in index.search(crowd["p2"], 2) if score > 0.999} == {"p1", "p2"}


def test_empty_index_finds_nothing():
    assert FaissIndex(64, 10).search(np.ones(64, np.float32), 3) == []


def test_the_size_of_the_gallery_chooses():
    assert isinstance(make_index(64, EXACT_UP_TO), ExactIndex)
    assert isinstance(make_index(64, EXACT_UP_TO + 1), FaissIndex)
