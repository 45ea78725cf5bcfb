# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from face_perception.index import ExactIndex


def vectors(count, seed=0, size=8):
    made = np.random.default_rng(seed).normal(size=(count, size)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def test_nearest_first():
    index = ExactIndex(8)
    made = vectors(40)
    index.put_many(np.arange(40), made)
    hits = index.search(made[7], 3)
    assert hits[0] == (7, pytest.approx(1.0, abs=1e-5))
    assert [key for key, _ in hits] == np.argsort(-(made @ made[7]))[:3].tolist()


def test_empty_index_finds_nothing():
    assert ExactIndex(8).search(vectors(1)[0], 5) == []


def test_more_asked_than_there():
    index = ExactIndex(8)
    index.put(1, vectors(1)[0])
    assert len(index.search(vectors(1)[0], 10)) == 1


def test_put_replaces():
    index = ExactIndex(8)
    first, second = vectors(2)
    index.put(1, first)
    index.put(1, second)
    assert len(index) == 1 and index.search(second, 1)[0][1] == pytest.approx(1, abs=1e-5)


def test_removed_templates_leave_memory():
    index = ExactIndex(8)
    for row, vector in enumerate(vectors(3)):
        index.put(row, vector)
    index.remove(2)
    index.remove(99)
    assert not index._matrix[2:].any()


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 30)), max_size=80))
def test_behaves_like_a_dictionary(steps):
    index, model = ExactIndex(8), {}
    made = vectors(31, seed=1)
    for add, number in steps:
        if add:
            index.put(number, made[number])
            model[number] = made[number]
        else:
            index.remove(number)
            model.pop(number, None)
    assert len(index) == len(model)
    found = dict(index.search(made[0], 100))
    assert found == pytest.approx({number: float(vector @ made[0]) for number, vector in model.items()}, abs=1e-5)
