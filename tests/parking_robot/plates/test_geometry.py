# SPDX-License-Identifier: Apache-2.0
import cv2
import numpy as np
import pytest

from parking_robot.plates.geometry import Box, box_of, sides, straighten

QUAD = np.float32([[10, 20], [50, 20], [50, 30], [10, 30]])


def test_box_and_sides():
    assert box_of(QUAD) == Box(10, 20, 40, 10)
    assert sides(QUAD) == (40, 10)


@pytest.mark.parametrize(
    ("other", "overlap"), [(Box(10, 20, 40, 10), 1.0), (Box(30, 20, 40, 10), 1 / 3), (Box(60, 20, 9, 9), 0.0)]
)
def test_overlap(other, overlap):
    assert box_of(QUAD).overlap(other) == pytest.approx(overlap)


def test_a_turned_area_is_seen_straight():
    turned = cv2.boxPoints(((100.0, 80.0), (80.0, 20.0), 25.0)).astype(np.float32)
    quad = turned[np.argsort(turned.sum(axis=1))][:1]
    order = np.roll(turned, -int(np.argmin(np.abs(turned - quad).sum(axis=1))), axis=0)
    picture = np.zeros((160, 200, 3), np.uint8)
    cv2.fillPoly(picture, [turned.astype(np.int32)], (255, 255, 255))
    straight = straighten(picture, order, 48, (0.0, 0.0), 320)
    assert straight.shape[0] == 48
    assert straight[6:-6, 6:-6].mean() > 250


def test_the_margin_shows_what_is_around():
    picture = np.zeros((60, 80, 3), np.uint8)
    picture[20:30, 10:50] = 255
    straight = straighten(picture, QUAD, 48, (0.5, 0.5), 320)
    assert straight[2, straight.shape[1] // 2].max() == 0
    assert straight[24, straight.shape[1] // 2].min() == 255
