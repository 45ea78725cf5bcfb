# SPDX-License-Identifier: Apache-2.0
import threading

import numpy as np
import pytest

from face_perception.blur import blur_faces
from face_perception.errors import GalleryError
from face_perception.faces import Box
from face_perception.frame_slot import FrameSlot
from face_perception.frozen import FreezeWatch
from face_perception.match_book import MatchBook, OpenMatch
from face_perception.ranging import Intrinsics, locate

CAMERA = Intrinsics(553.0, 553.0, 320.0, 240.0)


def test_range_follows_from_the_face_width():
    x, y, z = locate(Box(298, 218, 342, 262), CAMERA)
    assert (x, y, z) == pytest.approx((0, 0, 2.01), abs=0.01)
    assert locate(Box(598, 218, 642, 262), CAMERA)[0] == pytest.approx(1.09, abs=0.02)


def test_an_uncalibrated_camera_gives_no_range():
    assert Intrinsics.from_matrix([0.0] * 9) is None
    assert Intrinsics.from_matrix([553.0, 0, 320.0, 0, 553.0, 240.0, 0, 0, 1]) == CAMERA


def test_blurred_faces_cannot_be_recognised_and_the_rest_is_untouched(analyser, obama):
    [face] = analyser.analyse(obama[0], limit=1)
    blurred = blur_faces(obama[0], [face.box])
    hidden = analyser.describe(blurred, analyser.detect(obama[0])[0])
    assert float(hidden.template @ face.template) < 0.3
    outside = np.ones(obama[0].shape[:2], bool)
    area = face.box.grown(1.35)
    outside[max(0, int(area.top)) : int(area.bottom) + 1, max(0, int(area.left)) : int(area.right) + 1] = False
    assert np.array_equal(blurred[outside], obama[0][outside])


def test_a_frozen_camera_is_noticed_and_a_silent_one_is_not_frozen():
    watch = FreezeWatch(2.0)
    same = np.zeros((48, 64, 3), np.uint8)
    for step in range(12):
        watch.take(same, 0.2 * step)
    assert watch.is_frozen(2.3) and not watch.is_frozen(9.0)
    watch.take(same + 1, 2.4)
    assert not watch.is_frozen(2.5)


def test_zero_switches_the_freeze_watch_off():
    watch = FreezeWatch(0.0)
    for step in range(50):
        watch.take(np.zeros((48, 64, 3), np.uint8), float(step))
    assert not watch.is_frozen(49.0)


def test_only_the_newest_frame_waits():
    started, proceed, done = threading.Event(), threading.Event(), threading.Event()
    taken = []

    def work(item):
        taken.append(item)
        started.set()
        assert proceed.wait(5)
        if item == 9:
            done.set()

    slot = FrameSlot(work, lambda error: taken.append(error))
    slot.offer(0)
    assert started.wait(5)
    for item in range(1, 10):
        slot.offer(item)
    proceed.set()
    assert done.wait(5)
    slot.close()
    assert taken == [0, 9] and slot.dropped == 8


def test_a_failing_frame_does_not_stop_the_next():
    failures, done = [], threading.Event()

    def work(item):
        if item == "bad":
            raise ValueError("bad frame")
        done.set()

    failed = threading.Event()
    slot = FrameSlot(work, lambda error: (failures.append(str(error)), failed.set()))
    slot.offer("bad")
    assert failed.wait(5)
    slot.offer("good")
    assert done.wait(5)
    slot.close()
    assert failures == ["bad frame"]


def test_a_match_is_judged_once_and_old_ones_are_forgotten():
    book = MatchBook(limit=2)
    for number in range(3):
        book.add(OpenMatch(str(number), "p", np.zeros(1, np.float32), 0.5))
    with pytest.raises(GalleryError, match="'0' is unknown"):
        book.take("0")
    assert book.take("2").match_id == "2"
    with pytest.raises(GalleryError, match="judged before"):
        book.take("2")
