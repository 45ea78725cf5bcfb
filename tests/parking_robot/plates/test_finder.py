# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from parking_robot.plates.finder import Find, distinct, peaks


def test_a_peak_gives_corners_around_its_cell():
    cells = np.zeros((9, 6, 8), np.float32)
    cells[0] = -8
    cells[0, 2, 3] = 3
    cells[1:, 2, 3] = [-1, -0.5, 1, -0.5, 1, 0.5, -1, 0.5]
    ((quad, score),) = peaks(cells, 0.2)
    assert quad.tolist() == [[-4, 4], [60, 4], [60, 36], [-4, 36]]
    assert score == pytest.approx(1 / (1 + np.exp(-3)))


def test_of_finds_that_overlap_the_best_stays():
    box = np.float32([[0, 0], [40, 0], [40, 10], [0, 10]])
    kept = distinct([Find(box, 0.4), Find(box + 3, 0.9), Find(box + 100, 0.2)])
    assert [find.score for find in kept] == [0.9, 0.2]
