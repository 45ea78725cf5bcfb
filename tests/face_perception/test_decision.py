# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from face_perception.decision import DecisionRules, Outcome, decide
from face_perception.faces import Box
from face_perception.index import Hit
from face_perception.tracker import Track, View

RULES = DecisionRules()
SPREAD = 0.29
ANN, BOB = "p-ann", "p-bob"


def track(*qualities):
    views = [View(0.2 * index, quality, np.ones(1, np.float32)) for index, quality in enumerate(qualities)]
    return Track(1, Box(0, 0, 40, 40), 0.0, 1.0, views=views)


def hit(person, score):
    return [Hit(person, score, 0.4)]


def test_agreeing_views_above_the_threshold_are_a_match():
    verdict = decide(track(0.9, 0.8), hit(ANN, 0.6), [hit(ANN, 0.5), hit(ANN, 0.6)], RULES, SPREAD)
    assert (verdict.outcome, verdict.person_id, verdict.votes, verdict.views) == (Outcome.MATCH, ANN, 2, 2)


def test_one_view_decides_nothing_however_good():
    assert decide(track(1.0), hit(ANN, 0.99), [hit(ANN, 0.99)], RULES, SPREAD).outcome is Outcome.WAITING


def test_blurred_views_decide_nothing_however_many():
    views = [hit(ANN, 0.9)] * 8
    assert decide(track(*[0.09] * 8), hit(ANN, 0.9), views, RULES, SPREAD).outcome is Outcome.WAITING


def test_the_fused_template_must_pass_the_threshold():
    verdict = decide(track(0.9, 0.9), hit(ANN, 0.39), [hit(ANN, 0.45), hit(ANN, 0.45)], RULES, SPREAD)
    assert verdict.outcome is Outcome.UNKNOWN and verdict.person_id == ""


def test_views_that_name_somebody_else_outvote():
    views = [hit(ANN, 0.5), hit(ANN, 0.5), hit(BOB, 0.5), hit(BOB, 0.5)]
    assert decide(track(*[0.9] * 4), hit(ANN, 0.5), views, RULES, SPREAD).outcome is Outcome.UNKNOWN


def test_twins_on_the_list_are_ambiguous():
    fused = [Hit(ANN, 0.60, 0.4), Hit(BOB, 0.58, 0.4)]
    verdict = decide(track(0.9, 0.9), fused, [hit(ANN, 0.6)] * 2, RULES, SPREAD)
    assert verdict.outcome is Outcome.AMBIGUOUS


def test_nobody_on_the_list_is_unknown():
    assert decide(track(0.9, 0.9), [], [[], []], RULES, SPREAD).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("own", [0.4, 0.7])
def test_each_person_has_an_own_threshold(own):
    verdict = decide(track(0.9, 0.9), [Hit(ANN, 0.6, own)], [[Hit(ANN, 0.6, own)]] * 2, RULES, SPREAD)
    assert verdict.outcome is (Outcome.MATCH if own < 0.6 else Outcome.UNKNOWN)


def test_margins_follow_the_recognisers_spread():
    fused = [Hit(ANN, 0.96, 0.93), Hit(BOB, 0.945, 0.93)]
    views = [[Hit(ANN, 0.92, 0.93)]] * 2
    # For cosines that all lie near each other 0.015 is a clear lead and 0.01 below the threshold still a vote.
    assert decide(track(0.9, 0.9), fused, views, RULES, 0.06).outcome is Outcome.MATCH
    assert decide(track(0.9, 0.9), fused, views, RULES, SPREAD).outcome is Outcome.AMBIGUOUS
    far = [[Hit(ANN, 0.89, 0.93)]] * 2
    assert decide(track(0.9, 0.9), fused, far, RULES, 0.06).outcome is Outcome.UNKNOWN
