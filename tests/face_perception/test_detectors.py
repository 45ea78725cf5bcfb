# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from face_perception.detector import load_detector
from face_perception.errors import ModelError


@pytest.mark.parametrize(("name", "score"), [("ultralight-320", 0.65), ("centerface", 0.4)])
def test_one_face_is_found_once_in_a_portrait(registry, strangers, name, score):
    detector = load_detector(registry, name, score)
    for picture in strangers:
        [face] = detector.detect(picture)
        height, width = picture.shape[:2]
        assert face.box.left > 0 and face.box.right < width and face.box.height > height / 10


@pytest.mark.parametrize(("name", "score"), [("ultralight-320", 0.65), ("centerface", 0.4)])
def test_nothing_is_found_in_noise(registry, name, score):
    noise = np.random.default_rng(3).integers(0, 255, (480, 640, 3), dtype=np.uint8)
    assert load_detector(registry, name, score).detect(noise) == []


def test_both_detectors_agree(registry, obama):
    boxes = [load_detector(registry, name, 0.5).detect(obama[0])[0].box for name in ("ultralight-320", "centerface")]
    assert boxes[0].iou(boxes[1]) > 0.6


def test_a_recogniser_is_no_detector(registry):
    with pytest.raises(ModelError, match="a detector is needed"):
        load_detector(registry, "fr-feature", 0.5)
