# SPDX-License-Identifier: Apache-2.0
import pytest

from parking_robot.plates.distance import edits


@pytest.mark.parametrize(
    ("a", "b", "distance"),
    [
        ("", "", 0),
        ("ABC", "ABC", 0),
        ("ABC", "ABD", 1),
        ("ABC", "AC", 1),
        ("AC", "ABC", 1),
        ("", "ABC", 3),
        ("AB", "BA", 2),
    ],
)
def test_edits(a, b, distance):
    assert edits(a, b) == distance == edits(b, a)
