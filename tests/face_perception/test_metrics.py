# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from face_perception.metrics import area_under_curve, best_threshold, fnir_at_fpir, fold_accuracy, rate, tar_at_far
from face_perception.plots import error_curve

SAME = np.array([True] * 4 + [False] * 4)
SCORES = np.array([0.9, 0.8, 0.7, 0.2, 0.3, 0.1, 0.05, 0.0], np.float32)


def test_a_zero_is_reported_with_the_rule_of_three():
    zero = rate(0, 300)
    assert (zero.value, zero.low, zero.high) == (0.0, 0.0, pytest.approx(0.01))


@given(st.integers(0, 50), st.integers(1, 500))
def test_intervals_hold_the_value_and_shrink_with_trials(count, extra):
    trials = count + extra
    one, ten = rate(count, trials), rate(10 * count, 10 * trials)
    assert 0 <= one.low <= one.value <= one.high <= 1
    assert ten.high - ten.low <= one.high - one.low + 1e-12


def test_tar_counts_pairs_above_the_allowed_impostors():
    assert tar_at_far(SCORES, SAME, 1e-3) == (0.75, pytest.approx(0.3))
    assert tar_at_far(SCORES, SAME, 0.25)[0] == 1.0


def test_area_is_the_share_of_pairs_in_order():
    assert area_under_curve(SCORES, SAME) == pytest.approx(15 / 16)
    assert area_under_curve(np.zeros(8, np.float32), SAME) == pytest.approx(0.5)


def test_best_threshold_makes_the_fewest_errors():
    threshold = best_threshold(SCORES, SAME)
    assert ((threshold <= SCORES) == SAME).sum() == 7


def test_accuracy_is_judged_on_the_other_folds():
    folds = np.array([0, 0, 1, 1, 0, 0, 1, 1])
    flipped = SCORES.copy()
    flipped[folds == 1] *= -1
    assert fold_accuracy(SCORES, SAME, folds)[0] > fold_accuracy(flipped, SAME, folds)[0]


def test_a_wrong_first_place_is_a_miss_even_above_the_threshold():
    nonmated = np.linspace(0, 0.4, 101).astype(np.float32)
    mated = np.array([0.9, 0.9, 0.3, 0.5], np.float32)
    correct = np.array([True, False, True, True])
    misses, threshold = fnir_at_fpir(mated, correct, nonmated, 0.01)
    assert misses == 2 and 0.39 < threshold < 0.4


def test_error_curve_runs_from_no_accepts_to_no_rejects():
    far, frr = error_curve(SCORES, SAME)
    assert (far[0], frr[0], far[-1], frr[-1]) == (0, 1, 1, 0)
    assert (np.diff(far) >= 0).all() and (np.diff(frr) <= 0).all()
