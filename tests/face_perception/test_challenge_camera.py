# SPDX-License-Identifier: Apache-2.0
"""The challenge through the real models, with a photograph that turns like a head, and one that turns like paper."""

import random

import cv2
import numpy as np
import pytest
from tests.face_perception.turning_head import turned_head, turned_sheet

from face_perception.challenge import Challenge, ChallengeRules, State
from face_perception.challenge_camera import ChallengeCamera

RULES = ChallengeRules(turns=2, hold_s=(0.2, 0.4))


@pytest.fixture(scope="module")
def portrait(analyser, people):
    """A photograph with the face in its middle, 100 pixels wide."""
    picture = cv2.imread(str(people / "watchlist" / "Barack Obama" / "enrol_1.jpg"))
    [face] = analyser.analyse(picture, limit=1)
    scale, (x, y) = 100 / face.box.width, face.box.centre
    matrix = np.array([[scale, 0, 160 - scale * x], [0, scale, 160 - scale * y]])
    small = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    matrix[:, :2] *= 2
    return cv2.warpAffine(small, matrix, (320, 320), borderMode=cv2.BORDER_REPLICATE)


def run(analyser, frame_at, rules=RULES, limit_s=12.0):
    """Turn ten degrees a frame to the side that is asked for, and back; return the last progress."""
    camera = ChallengeCamera(analyser, Challenge(rules, random.Random(5)))
    degrees, progress = 0, None
    for step in range(round(limit_s * 10)):
        progress = camera.take(frame_at(degrees), 0.1 * step)
        if progress.state in (State.PASSED, State.FAILED):
            break
        goal = 50 * progress.turn.value if progress.turn else 0
        degrees += int(np.clip(goal - degrees, -10, 10))
    return progress


def test_a_head_that_turns_as_asked_passes(analyser, portrait):
    [face] = analyser.analyse(portrait, limit=1)
    progress = run(analyser, lambda degrees: turned_head(portrait, face.box, float(face.points[2, 0]), degrees))
    assert (progress.state, progress.done, progress.reason) == (State.PASSED, 2, "")


def test_a_flat_photograph_that_is_turned_does_not_pass(analyser, portrait):
    [face] = analyser.analyse(portrait, limit=1)
    progress = run(analyser, lambda degrees: turned_sheet(portrait, face.box, degrees))
    assert (progress.state, progress.done, progress.reason) == (State.FAILED, 0, "too slow")


def test_another_person_who_takes_over_is_noticed(analyser, portrait, strangers):
    [face] = analyser.analyse(portrait, limit=1)
    other = cv2.resize(strangers[1], (portrait.shape[1], portrait.shape[0]))
    [theirs] = analyser.analyse(other, limit=1)
    scale = face.box.width / theirs.box.width
    matrix = np.array(
        [
            [scale, 0, face.box.centre[0] - scale * theirs.box.centre[0]],
            [0, scale, face.box.centre[1] - scale * theirs.box.centre[1]],
        ]
    )
    swapped = cv2.warpAffine(other, matrix, (portrait.shape[1], portrait.shape[0]))
    camera = ChallengeCamera(analyser, Challenge(ChallengeRules(hold_s=(5.0, 5.0)), random.Random(5)))
    for step in range(12):
        progress = camera.take(portrait if step < 6 else swapped, 0.1 * step)
    assert progress.reason == "another face"
