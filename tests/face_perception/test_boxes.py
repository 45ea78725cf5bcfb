# SPDX-License-Identifier: Apache-2.0
import numpy as np

from face_perception.boxes import suppress
from face_perception.faces import Box, Detection


def test_best_of_overlapping_boxes_is_kept():
    good, worse = Detection(Box(0, 0, 10, 10), 0.9), Detection(Box(1, 0, 11, 10), 0.8)
    assert suppress([worse, good], 0.4) == [good]


def test_neighbours_are_both_kept():
    pair = [Detection(Box(0, 0, 10, 10), 0.9), Detection(Box(9, 0, 19, 10), 0.8)]
    assert suppress(pair, 0.4) == pair


def test_half_a_face_inside_a_whole_one_is_dropped():
    whole, half = Detection(Box(0, 0, 10, 10), 0.9), Detection(Box(0, 5, 5, 10), 0.95)
    assert suppress([whole, half], 0.4) == [half]


def test_crop_outside_the_picture_is_empty():
    picture = np.zeros((10, 20, 3), np.uint8)
    assert Box(30, 0, 40, 10).crop(picture).size == 0
    assert Box(-5, -5, 5, 5).crop(picture).shape == (5, 5, 3)


def test_iou_of_equal_and_disjoint_boxes():
    box = Box(0, 0, 4, 4)
    assert box.iou(box) == 1.0
    assert box.iou(Box(4, 0, 8, 4)) == 0.0
    assert box.iou(Box(2, 0, 6, 4)) == 8 / 24
