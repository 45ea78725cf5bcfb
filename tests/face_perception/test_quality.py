# SPDX-License-Identifier: Apache-2.0
import cv2
import numpy as np
import pytest

from face_perception.alignment import align
from face_perception.quality import assess, eye_distance, yaw_ratio


@pytest.fixture(scope="module")
def face(analyser, strangers):
    [face] = analyser.analyse(strangers[1], limit=1)
    return strangers[1], face.points


def quality(picture, points):
    return assess(points, align(picture, points))


def test_a_good_portrait_scores_high(face):
    assert quality(*face).overall > 0.8


def test_each_fault_lowers_its_own_component(face):
    picture, points = face
    good = quality(picture, points)
    blurred = quality(cv2.GaussianBlur(picture, (0, 0), 12), points)
    dark = quality((picture * 0.08).astype(np.uint8), points)
    tiny = quality(cv2.resize(picture, None, fx=0.07, fy=0.07, interpolation=cv2.INTER_AREA), points * 0.07)
    assert blurred.weakest()[0] == "sharpness" and blurred.overall < 0.5 * good.overall
    assert dark.weakest()[0] == "exposure" and dark.overall < 0.5 * good.overall
    assert tiny.size < 0.1 and tiny.overall < 0.5 * good.overall


def test_a_face_that_looks_aside_is_less_frontal(face):
    picture, points = face
    aside = points.copy()
    aside[2] = points[1]
    assert yaw_ratio(aside) == pytest.approx(1, abs=0.6)
    assert assess(aside, align(picture, points)).frontal < 0.5


def test_a_lying_head_is_not_upright(face):
    picture, points = face
    centre = points.mean(0)
    turned = ((points - centre) @ np.array([[0, 1], [-1, 0]]) + centre).astype(np.float32)
    assert assess(turned, align(picture, points)).upright == 0


def test_yaw_does_not_shrink_the_measured_size(face):
    _, points = face
    narrow = points * (0.4, 1.0)
    assert eye_distance(narrow) > 0.7 * eye_distance(points)
