# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from parking_robot.plates.reader import slots


def frames(*rows):
    return np.array(rows, np.float32)


def test_runs_collapse_and_blanks_part_them():
    seen = slots(frames([0.9, 0], [0.8, 0.1], [0, 0], [0.7, 0], [0, 0.9]), ("A", "B"))
    assert [slot.best for slot in seen] == ["A", "A", "B"]


def test_a_slot_keeps_the_best_score_of_its_run():
    (seen,) = slots(frames([0.5, 0.2], [0.9, 0.05]), ("A", "B"))
    assert abs(seen.scores["A"] - 0.9) < 1e-6
    assert abs(seen.scores["B"] - 0.2) < 1e-6


def test_the_first_character_tells_what_han_character_may_hide_up_to_it():
    shown = frames([0, 0, 0.002], [0, 0.001, 0.003], [0.9, 0, 0], [0, 0, 0.004], [0.9, 0, 0])
    seen = slots(shown, ("A", "京", "沪"), han=(1, 2))
    assert seen[0].lead == pytest.approx({"京": 0.001, "沪": 0.003})
    assert [slot.best for slot in seen] == ["A", "A"]
    assert not seen[1].lead


def test_places_run_from_left_to_right():
    seen = slots(frames([0.9, 0], [0, 0.9]), ("A", "B"))
    assert 0 < seen[0].place < seen[1].place < 1
