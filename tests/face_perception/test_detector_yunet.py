# SPDX-License-Identifier: Apache-2.0
import cv2
import numpy as np
import pytest
from tests.face_perception import onnx_files

from face_perception.detector import load_detector
from face_perception.errors import ModelError
from face_perception.models import ModelRegistry

BOX = (0.5, 0.5, float(np.log(2)), float(np.log(3)))
POINTS = (0.0, 0.0, 1.0, 0.0, 0.5, 0.5, 0.0, 1.0, 1.0, 1.0)
ENTRY = """
own-yunet:
  {{kind: detector, decoder: yunet, file: yunet.onnx, sha256: {sha256}, input: [3, {size}, {size}], colour: bgr,
   mean: 0, scale: 1, licence: MIT, training_data: WIDER FACE}}
"""


@pytest.fixture
def register(tmp_path):
    def make(size=(640, 640), **options):
        sha256 = onnx_files.yunet(tmp_path / "yunet.onnx", BOX, POINTS, size=size, **options)
        (tmp_path / "models.yaml").write_text(ENTRY.format(sha256=sha256, size=size[0] if size else 0))
        return ModelRegistry.load(tmp_path)

    return make


@pytest.mark.parametrize("stride", [8, 16, 32])
def test_a_bright_cell_is_decoded_where_its_stride_says(register, stride):
    detector = load_detector(register(active=stride), "own-yunet", 0.8)
    picture = np.zeros((640, 640, 3), np.uint8)
    picture[2 * stride : 3 * stride, 3 * stride : 4 * stride] = 255
    [face] = detector.detect(picture)
    # Cell (3, 2), centre at its middle, two strides wide, three high; score sqrt(1 * 0.81).
    assert face.score == pytest.approx(0.9, abs=1e-5)
    box = face.box
    expected = np.array([2.5, 1.0, 4.5, 4.0]) * stride
    assert (box.left, box.top, box.right, box.bottom) == pytest.approx(tuple(expected), abs=1e-3)
    assert np.allclose(face.points, np.array(POINTS).reshape(5, 2) * stride + (3 * stride, 2 * stride), atol=1e-3)


def test_it_agrees_with_opencv(register, tmp_path):
    detector = load_detector(register(active=32), "own-yunet", 0.8)
    picture = np.zeros((640, 640, 3), np.uint8)
    for left, top in ((64, 32), (320, 256), (512, 544)):
        picture[top : top + 32, left : left + 32] = (255, 240, 220)
    theirs = cv2.FaceDetectorYN.create(str(tmp_path / "yunet.onnx"), "", (640, 640), 0.8, 0.3).detect(picture)[1]
    ours = detector.detect(picture)
    assert len(ours) == len(theirs) == 3
    for row in theirs:
        near = min(ours, key=lambda face: abs(face.box.left - row[0]) + abs(face.box.top - row[1]))
        assert (near.box.left, near.box.top, near.box.width, near.box.height) == pytest.approx(tuple(row[:4]), abs=0.01)
        assert np.allclose(near.points.ravel(), row[4:14], atol=0.01)
        assert near.score == pytest.approx(row[14], abs=1e-4)


def test_a_file_of_free_size_works_at_the_pictures_own(register):
    detector = load_detector(register(size=None, active=8), "own-yunet", 0.8)
    picture = np.zeros((100, 130, 3), np.uint8)
    picture[80:88, 96:104] = 255
    [face] = detector.detect(picture)
    assert face.box.left == pytest.approx(92, abs=1e-3) and face.box.bottom == pytest.approx(96, abs=1e-3)


def test_another_layout_is_refused_when_loaded(tmp_path):
    sha256 = onnx_files.scrfd(tmp_path / "yunet.onnx", (1, 1, 1, 1), POINTS, 8, size=(640, 640))
    (tmp_path / "models.yaml").write_text(ENTRY.format(sha256=sha256, size=640))
    with pytest.raises(ModelError, match="no output 'bbox_16': this is not YuNet's layout"):
        load_detector(ModelRegistry.load(tmp_path), "own-yunet", 0.8)
