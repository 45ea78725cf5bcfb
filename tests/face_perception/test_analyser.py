# SPDX-License-Identifier: Apache-2.0
import cv2
import numpy as np
import pytest

from face_perception.analyser import Analyser
from face_perception.profiles import load_profile


def test_same_person_is_near_and_others_are_far(analyser, obama, strangers):
    templates = [analyser.analyse(picture, limit=1)[0].template for picture in [*obama, *strangers]]
    assert float(templates[0] @ templates[1]) > 0.6
    others = templates[1:]
    assert max(float(one @ two) for i, one in enumerate(others) for two in others[:i]) < 0.35


def test_a_face_of_45_pixels_keeps_its_identity(analyser, obama):
    enrolled = analyser.analyse(obama[0], limit=1)[0]
    world = analyser.analyse(obama[1], limit=1)[0]
    scale = 45 / world.box.width
    small = cv2.resize(obama[1], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    frame = np.full((480, 640, 3), 90, np.uint8)
    frame[100 : 100 + small.shape[0], 300 : 300 + small.shape[1]] = small
    [seen] = analyser.analyse(frame)
    assert 35 < seen.box.width < 55
    assert float(seen.template @ enrolled.template) > 0.55


def test_profiles_make_the_same_templates(registry, analyser):
    accurate = Analyser.load(load_profile("accurate"), registry)
    assert accurate.recogniser.identity == analyser.recogniser.identity


def test_eight_faces_in_one_frame(analyser, strangers):
    frame = np.full((720, 1280, 3), 120, np.uint8)
    for index in range(8):
        picture = strangers[index % 4]
        width = analyser.analyse(picture, limit=1)[0].box.width
        small = cv2.resize(picture, None, fx=60 / width, fy=60 / width, interpolation=cv2.INTER_AREA)[:330, :300]
        x, y = 10 + (index % 4) * 310, 10 + (index // 4) * 350
        frame[y : y + small.shape[0], x : x + small.shape[1]] = small
    assert len(analyser.detect(frame)) == 8


@pytest.mark.parametrize("shape", [(16, 16, 3), (16, 2000, 3), (2000, 16, 3)])
def test_odd_shapes_are_no_problem(analyser, shape):
    assert analyser.analyse(np.zeros(shape, np.uint8)) == []
