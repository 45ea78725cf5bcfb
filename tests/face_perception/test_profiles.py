# SPDX-License-Identifier: Apache-2.0
import cv2
import numpy as np
import pytest

from face_perception.analyser import Analyser
from face_perception.errors import ModelError
from face_perception.profiles import load_profile
from ronda_core.errors import ParameterError


def test_wide_finds_faces_of_25_pixels_in_1280x720(registry, analyser, strangers):
    wide = Analyser.load(load_profile("wide", None), registry)
    frame = np.full((720, 1280, 3), 110, np.uint8)
    expected = []
    for index in range(8):
        picture = strangers[1 + index % 4]
        box = analyser.detect(picture)[0].box
        scale = 25 / box.width
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        x, y = 60 + (index % 4) * 320, 90 + (index // 4) * 380
        frame[y : y + small.shape[0], x : x + small.shape[1]] = small
        expected.append((x + box.centre[0] * scale, y + box.centre[1] * scale))
    found = [detection.box.centre for detection in wide.detect(frame)]
    assert len(found) == 8
    for x, y in expected:
        assert min(np.hypot(x - u, y - v) for u, v in found) < 10


@pytest.mark.parametrize(
    ("text", "error", "word"),
    [
        ("mine: {detector: {model: centerface}}", ModelError, "'recognisers' is missing"),
        ("mine: {detector: {modl: x}, recognisers: [{model: y}]}", ParameterError, "did you mean 'model'"),
        ("mine: [1, 2", ModelError, r"profiles\.yaml"),
        ("other: {detector: {model: x}, recognisers: [{model: y}]}", ModelError, "unknown profile 'mine'"),
    ],
)
def test_bad_profiles_are_refused(tmp_path, text, error, word):
    (tmp_path / "profiles.yaml").write_text(text)
    with pytest.raises(error, match=word):
        load_profile("mine", tmp_path / "profiles.yaml")
