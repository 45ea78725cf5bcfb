# SPDX-License-Identifier: Apache-2.0
import cv2
import numpy as np
import pytest

from face_perception.decision import DecisionRules, Outcome
from face_perception.enrolment import Enroller
from face_perception.watcher import Watcher, WatchSettings


class Stage:
    """640x480 frames in which people stand 45 pixels wide, as at two metres."""

    def __init__(self, analyser):
        self._analyser = analyser

    def small(self, picture):
        width = self._analyser.analyse(picture, limit=1)[0].box.width
        scaled = cv2.resize(picture, None, fx=45 / width, fy=45 / width, interpolation=cv2.INTER_AREA)
        return scaled[:400, :300]

    def frame(self, *people):
        frame = np.full((480, 640, 3), 110, np.uint8)
        for cut, (x, y) in people:
            frame[y : y + cut.shape[0], x : x + cut.shape[1]] = cut
        return frame


@pytest.fixture
def stage(analyser):
    return Stage(analyser)


@pytest.fixture
def watcher(analyser, gallery, obama):
    enroller = Enroller(analyser)
    enroller.enrol(gallery, "Listed", "wanted", [enroller.example(obama[0])])
    return Watcher(analyser, gallery)


def walk(watcher, frame_at, steps, start=0.0):
    return [watcher.process(frame_at(step), start + 0.2 * step) for step in range(steps)]


def test_a_listed_person_is_reported_once_from_the_second_look(watcher, stage, obama):
    cut = stage.small(obama[1])
    results = walk(watcher, lambda step: stage.frame((cut, (100 + 12 * step, 60))), 6)
    assert [len(result.matches) for result in results] == [0, 1, 0, 0, 0, 0]
    [match] = results[1].matches
    assert (match.first_seen, match.stamp) == (0.0, 0.2)
    assert match.verdict.score > match.verdict.threshold and match.verdict.votes == 2


def test_strangers_are_followed_and_never_named(watcher, stage, strangers):
    cuts = [stage.small(picture) for picture in strangers[:4]]
    spots = [(10, 20), (170, 30), (330, 40), (490, 30)]
    results = walk(watcher, lambda _: stage.frame(*zip(cuts, spots, strict=True)), 8)
    assert not any(result.matches for result in results)
    assert len(results[-1].faces) == 4
    outcomes = {watcher.verdict(seen.track_id).outcome for seen in results[-1].faces}
    assert outcomes == {Outcome.UNKNOWN}


def test_the_cool_down_keeps_quiet_and_then_speaks_again(watcher, stage, obama):
    cut = stage.small(obama[1])
    here = stage.frame((cut, (200, 60)))
    times = []
    for start in (0.0, 10.0, 70.0):
        for result in walk(watcher, lambda _: here, 3, start):
            times += [match.stamp for match in result.matches]
    assert times == [pytest.approx(0.2), pytest.approx(70.2)]


def test_without_permission_no_template_is_made(watcher, gallery, stage, obama):
    gallery.site = None
    results = walk(watcher, lambda _: stage.frame((stage.small(obama[1]), (200, 60))), 3)
    assert len(results[-1].faces) == 1 and all(seen.face is None for seen in results[-1].faces)


def test_settled_strangers_cost_no_more_embeddings(analyser, gallery, stage, strangers):
    watcher = Watcher(analyser, gallery, WatchSettings(settled_views=3, settled_interval_s=10.0))
    here = stage.frame((stage.small(strangers[1]), (200, 60)))
    results = walk(watcher, lambda _: here, 8)
    assert [result.faces[0].face is not None for result in results] == [True] * 3 + [False] * 5


def test_a_clock_that_goes_back_starts_anew(watcher, stage, obama):
    here = stage.frame((stage.small(obama[1]), (200, 60)))
    first = [match for result in walk(watcher, lambda _: here, 3, 100.0) for match in result.matches]
    again = [match for result in walk(watcher, lambda _: here, 3, 0.0) for match in result.matches]
    assert len(first) == len(again) == 1 and first[0].track_id != again[0].track_id


class Counting:
    """An analyser that counts the faces that it was asked to describe."""

    def __init__(self, analyser):
        self._analyser, self.described = analyser, 0

    def __getattr__(self, name):
        return getattr(self._analyser, name)

    def describe(self, picture, detection):
        self.described += 1
        return self._analyser.describe(picture, detection)


def test_who_seems_to_be_sought_is_looked_at_before_newcomers(analyser, gallery, stage, obama, strangers):
    enroller = Enroller(analyser)
    enroller.enrol(gallery, "Listed", "wanted", [enroller.example(obama[0])])
    counting = Counting(analyser)
    watcher = Watcher(counting, gallery)
    sought = (stage.small(obama[1]), (10, 60))
    newcomers = [(stage.small(picture), (x, 60)) for picture, x in zip(strangers[:2], (240, 450), strict=True)]
    watcher.process(stage.frame(sought), 0.0)
    at_the_match = []
    watcher.process(stage.frame(sought, *newcomers), 0.2, lambda _: at_the_match.append(counting.described))
    assert at_the_match == [2]
    assert counting.described == 4


def test_a_face_too_small_to_be_known_is_followed_and_costs_nothing(analyser, gallery, stage, obama):
    enroller = Enroller(analyser)
    enroller.enrol(gallery, "Listed", "wanted", [enroller.example(obama[0])])
    counting = Counting(analyser)
    cut = stage.small(obama[1])
    watcher = Watcher(counting, gallery, WatchSettings(min_width=60.0))
    results = walk(watcher, lambda _: stage.frame((cut, (200, 60))), 4)
    assert [len(result.faces) for result in results] == [1] * 4
    assert counting.described == 0 and not any(result.matches for result in results)


def test_who_is_like_a_listed_person_is_looked_at_in_each_frame_until_it_is_decided(analyser, gallery, stage, obama):
    enroller = Enroller(analyser)
    enroller.enrol(gallery, "Listed", "wanted", [enroller.example(obama[0])])
    counting = Counting(analyser)
    never = DecisionRules(vote_slack=-10.0)
    watcher = Watcher(counting, gallery, WatchSettings(settled_views=3, settled_interval_s=10.0), never)
    before = counting.described
    results = walk(watcher, lambda _: stage.frame((stage.small(obama[1]), (200, 60))), 6)
    assert {watcher.verdict(seen.track_id).outcome for seen in results[-1].faces} == {Outcome.UNKNOWN}
    assert counting.described - before == 6
