# SPDX-License-Identifier: Apache-2.0
import random
from itertools import pairwise

import numpy as np
import pytest

from face_perception.challenge import Challenge, ChallengeRules, Look, State, Turn, in_words, to_data

STEP = 0.1


class Person:
    """Stands before the camera ten times a second; answers each request as ``answer`` says."""

    def __init__(self, answer=lambda turn: turn.value * 0.6, delay=0.4, seed=1, **rules):
        self.challenge = Challenge(ChallengeRules(**rules), random.Random(seed))
        self.answer, self.delay = answer, delay
        self.asked, self.now, self.yaw = [], 0.0, 0.0

    def run(self, seconds=40.0, look=lambda person, goal: goal):
        since = None
        while self.now < seconds:
            progress = self.challenge.progress
            if progress.state in (State.PASSED, State.FAILED):
                break
            since = (self.now if since is None else since) if progress.turn else None
            goal = 0.0
            if progress.turn:
                if since == self.now:
                    self.asked.append((progress.turn, self.now))
                goal = self.answer(progress.turn) if self.now - since >= self.delay else 0.0
            goal = look(self, goal)
            self.yaw += float(np.clip(goal - self.yaw, -0.2, 0.2))
            self.challenge.take(Look(self.now, self.yaw, 1))
            self.now = round(self.now + STEP, 3)
        return self.challenge.progress


def test_who_turns_as_asked_passes():
    person = Person(turns=4)
    assert person.run().state is State.PASSED and len(person.asked) == 4


def test_order_and_times_differ_from_try_to_try():
    orders, waits = set(), set()
    for seed in range(40):
        person = Person(seed=seed)
        assert person.run().state is State.PASSED
        orders.add(tuple(turn for turn, _ in person.asked))
        waits.add(tuple(round(two - one, 2) for (_, one), (_, two) in pairwise(person.asked)))
    assert len(orders) == 8 and len(waits) > 20


def test_a_recording_of_a_passed_try_fails_the_next_ones():
    recorder = Person(seed=7)
    recording, take = [], recorder.challenge.take
    recorder.challenge.take = lambda look: (recording.append(look), take(look))[1]
    assert recorder.run().state is State.PASSED
    passed = 0
    for seed in range(100, 300):
        again = Challenge(ChallengeRules(), random.Random(seed))
        for look in recording:
            again.take(look)
        passed += again.progress.state is State.PASSED
    # The order fits one time in eight, and the times must fit as well.
    assert passed < 200 / 8


def test_every_time_the_order_comes_from_the_systems_randomness():
    orders = {tuple(Challenge(ChallengeRules(turns=9))._turns) for _ in range(20)}
    assert len(orders) > 15


@pytest.mark.parametrize(
    ("person", "word"),
    [
        (Person(answer=lambda turn: -turn.value * 0.6), "to the other side"),
        (Person(answer=lambda turn: 0.0), "too slow"),
        (Person(answer=lambda turn: turn.value * 0.35), "too slow"),
        (Person(delay=3.5), "too slow"),
    ],
)
def test_wrong_answers_fail(person, word):
    progress = person.run()
    assert progress.state is State.FAILED and word in progress.reason


def test_turning_before_it_is_asked_for_fails():
    progress = Person(hold_s=(1.0, 1.0)).run(look=lambda person, goal: 0.6 if person.now > 0.3 else 0.0)
    assert progress.reason == "turned before it was asked for"


def test_somebody_who_never_looks_ahead_fails():
    progress = Person().run(look=lambda person, goal: 0.35)
    assert progress.state is State.FAILED and progress.reason == "too slow"


def unit(*values):
    return np.array(values, np.float32) / np.linalg.norm(values)


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (Look(0.1, 0.0, 2), "another face"),
        (Look(0.1, 0.0, 1, unit(0, 1)), "another face"),
        (Look(0.1, 0.6, 1), "the face jumped"),
        (Look(0.9, 0.0, 1), "too few pictures"),
        (Look(0.0, 0.0, 1), "pictures out of order"),
    ],
)
def test_cuts_are_noticed(second, reason):
    challenge = Challenge()
    challenge.take(Look(0.0, 0.0, 1, unit(1, 0.1)))
    assert challenge.take(second).reason == reason
    assert challenge.take(Look(1.0, 0.0, 1)).state is State.FAILED


def test_a_face_that_leaves_ends_the_try():
    challenge = Challenge()
    assert challenge.tick(100.0).state is State.LOOK_AHEAD
    challenge.take(Look(100.0, 0.0, 1))
    assert challenge.tick(102.0).state is State.LOOK_AHEAD
    assert challenge.tick(104.0).reason == "the face went away"


def test_the_words_name_the_side_of_the_person():
    challenge = Challenge(ChallengeRules(hold_s=(0.0, 0.0)), random.Random(3))
    progress = challenge.take(Look(0.0, 0.0, 1))
    assert in_words(progress) == f"turn your head to your {progress.turn.name.lower()}"
    assert to_data(progress) == {"state": "turn", "done": 0, "turn": progress.turn.name.lower(), "reason": ""}
    assert Turn.LEFT.value == 1
