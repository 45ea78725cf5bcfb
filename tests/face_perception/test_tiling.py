# SPDX-License-Identifier: Apache-2.0
from itertools import pairwise

import cv2
import numpy as np
import pytest

from face_perception.detector import load_detector
from face_perception.faces import Box, Detection
from face_perception.tiling import TiledDetector, spans


@pytest.mark.parametrize(
    ("length", "parts", "overlap"), [(640, 2, 0.25), (1280, 4, 0.25), (480, 3, 0.2), (100, 1, 0.5)]
)
def test_spans_cover_everything_with_the_overlap_asked_for(length, parts, overlap):
    ranges = list(spans(length, parts, overlap))
    assert ranges[0][0] == 0 and ranges[-1][1] == length and len(ranges) == parts
    for (_, end), (start, stop) in pairwise(ranges):
        assert end - start == pytest.approx(overlap * (stop - start), abs=2)


class BrightBlocks:
    """Finds the white rectangle of a picture, cut off as the picture cuts it."""

    def detect(self, picture):
        rows, columns = np.nonzero(picture[:, :, 0] > 200)
        if rows.size == 0:
            return []
        return [Detection(Box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1), 0.9)]


def test_a_face_cut_by_a_tile_is_reported_once_and_whole():
    picture = np.zeros((200, 200, 3), np.uint8)
    picture[60:140, 60:140] = 255
    assert [one.box for one in TiledDetector(BrightBlocks(), 2, 2).detect(picture)] == [Box(60, 60, 140, 140)]


def test_tiles_find_small_faces_that_the_whole_picture_misses(registry, people):
    face = cv2.imread(str(people / "strangers" / "Stranger 2.jpg"))
    detector = load_detector(registry, "ultralight-320", 0.65)
    [big] = detector.detect(face)
    scale = 19 / big.box.width
    small = cv2.resize(face, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    frame = np.full((480, 640, 3), 110, np.uint8)
    spots = [(40, 30), (300, 60), (520, 240), (80, 330), (420, 380)]
    for x, y in spots:
        frame[y : y + small.shape[0], x : x + small.shape[1]] = small
    whole = detector.detect(frame)
    tiled = TiledDetector(detector, 2, 2).detect(frame)
    assert len(tiled) == len(spots) > len(whole)
