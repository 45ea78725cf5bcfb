# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from face_perception.faces import Box, Detection, Face
from face_perception.recogniser import unit
from face_perception.tracker import Tracker, TrackerSettings

NO_POINTS = np.zeros((5, 2), np.float32)


def at(x, size=40.0):
    return Detection(Box(x, 100, x + size, 100 + size), 0.9)


def face(detection, template):
    return Face(detection.box, 0.9, NO_POINTS, 0.9, {}, unit(np.array(template, np.float32)))


def never(_detection):
    return None


def ids(assigned):
    return [track.track_id for track, _ in assigned]


def test_a_slow_face_keeps_its_track():
    tracker = Tracker()
    seen = [ids(tracker.assign([at(10 * step)], 0.2 * step, never)) for step in range(5)]
    assert seen == [[1]] * 5


def test_two_faces_that_pass_do_not_swap():
    tracker = Tracker()
    tracker.assign([at(0), at(200)], 0.0, never)
    assert ids(tracker.assign([at(190), at(10)], 0.2, never)) == [2, 1]


def test_a_jump_is_bridged_by_the_template():
    tracker = Tracker()
    [(track, _)] = tracker.assign([at(0)], 0.0, never)
    track.add_view(face(at(0), [1, 0, 0]), 0.0, 8)
    same = tracker.assign([at(300)], 0.2, lambda found: face(found, [0.9, 0.3, 0]))
    assert ids(same) == [1] and same[0][1] is not None


def test_another_person_elsewhere_is_a_new_track():
    tracker = Tracker()
    [(track, _)] = tracker.assign([at(0)], 0.0, never)
    track.add_view(face(at(0), [1, 0, 0]), 0.0, 8)
    assert ids(tracker.assign([at(300)], 0.2, lambda found: face(found, [0, 1, 0]))) == [2]


def test_a_track_ends_after_the_gap():
    tracker = Tracker(TrackerSettings(max_gap_s=1.0))
    tracker.assign([at(0)], 0.0, never)
    assert ids(tracker.assign([at(0)], 1.1, never)) == [2]
    assert len(tracker.tracks) == 1


def test_only_the_best_views_are_kept():
    tracker = Tracker()
    [(track, _)] = tracker.assign([at(0)], 0.0, never)
    for quality in (0.2, 0.9, 0.5, 0.7):
        view = Face(at(0).box, 0.9, NO_POINTS, quality, {}, unit(np.ones(3, np.float32)))
        track.add_view(view, 0.0, 2)
    assert sorted(view.quality for view in track.views) == [0.7, 0.9]


def test_the_fused_template_leans_to_good_views():
    tracker = Tracker()
    [(track, _)] = tracker.assign([at(0)], 0.0, never)
    for quality, template in ((0.9, [1, 0, 0]), (0.1, [0, 1, 0])):
        track.add_view(Face(at(0).box, 0.9, NO_POINTS, quality, {}, np.array(template, np.float32)), 0.0, 8)
    assert track.template() == pytest.approx([0.994, 0.111, 0], abs=0.01)
