# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from tests.face_perception import onnx_files

from face_perception.analyser import Analyser
from face_perception.detector import load_detector
from face_perception.errors import ModelError
from face_perception.models import ModelRegistry
from face_perception.profiles import load_profile

SIDES = (1.0, 1.0, 2.0, 3.0)
POINTS = (-0.5, -0.25, 0.5, -0.25, 0.0, 0.5, -0.5, 1.0, 0.5, 1.0)
ENTRY = """
own-scrfd:
  {{kind: detector, decoder: scrfd, file: scrfd.onnx, sha256: {sha256}, input: {input}, colour: rgb, mean: 127.5,
   scale: 128.0, licence: own, training_data: own}}
"""


@pytest.fixture
def register(tmp_path):
    """Writes the file and its entry; returns the registry."""

    def make(size=None, points=POINTS, **options):
        sha256 = onnx_files.scrfd(tmp_path / "scrfd.onnx", SIDES, points, size=size, **options)
        entry = ENTRY.format(sha256=sha256, input=[3, *(size or (0, 0))])
        (tmp_path / "models.yaml").write_text(entry)
        return ModelRegistry.load(tmp_path)

    return make


def bright(height, width, left, top, side):
    picture = np.zeros((height, width, 3), np.uint8)
    picture[top : top + side, left : left + side] = 255
    return picture


@pytest.mark.parametrize("stride", [8, 16, 32])
def test_a_bright_cell_is_decoded_where_its_stride_says(register, stride):
    detector = load_detector(register(active=stride), "own-scrfd", 0.5)
    # Cell (3, 2): centre (3 stride, 2 stride); one stride left and up, two right, three down.
    [face] = detector.detect(bright(160, 192, 3 * stride, 2 * stride, stride))
    box = face.box
    assert (box.left, box.top, box.right, box.bottom) == pytest.approx(
        (2 * stride, stride, 5 * stride, 5 * stride), abs=1e-3
    )
    assert face.score == pytest.approx((255 - 127.5) / 128, abs=1e-4)
    expected = np.array(POINTS).reshape(5, 2) * stride + (3 * stride, 2 * stride)
    assert np.allclose(face.points, expected, atol=1e-3) and face.points.dtype == np.float32


@pytest.mark.parametrize("batched", [False, True])
def test_a_fixed_input_holds_the_whole_picture_and_boxes_come_back_in_its_pixels(register, batched):
    detector = load_detector(register(size=(320, 320), active=16, batched=batched), "own-scrfd", 0.5)
    # 640x480 is halved into 320x240: cell (5, 4) of stride 16 is the 32 pixels from (160, 128) on.
    [face] = detector.detect(bright(480, 640, 160, 128, 32))
    box = face.box
    assert (box.left, box.top, box.right, box.bottom) == pytest.approx((128, 96, 224, 224), abs=0.1)


def test_a_file_without_points_and_with_five_strides(register):
    registry = register(active=16, points=None, strides=(8, 16, 32, 64, 128), anchors=1)
    detector = load_detector(registry, "own-scrfd", 0.5)
    assert not detector.gives_points
    [face] = detector.detect(bright(256, 256, 48, 32, 16))
    assert face.points is None and face.box.left == pytest.approx(32, abs=1e-3)


def test_the_working_size_is_limited_by_long_side(register):
    detector = load_detector(register(active=8), "own-scrfd", 0.5, long_side=160)
    [face] = detector.detect(bright(480, 640, 96, 64, 32))
    assert face.box.left == pytest.approx(64, abs=0.5) and face.box.bottom == pytest.approx(160, abs=0.5)


def test_a_profile_needs_points_from_somewhere(register, tmp_path):
    (tmp_path / "profiles.yaml").write_text("mine: {detector: {model: own-scrfd}, recognisers: [{model: fr-feature}]}")
    with pytest.raises(ModelError, match="'own-scrfd' gives no points"):
        Analyser.load(load_profile("mine", tmp_path / "profiles.yaml"), register(active=8, points=None))


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda path: onnx_files.yunet(path, (0, 0, 0, 0), (0,) * 10, 8), "12 outputs: this is not SCRFD"),
        (lambda path: onnx_files.scrfd(path, SIDES, SIDES, 8), r"shape .*this is not SCRFD"),
        (lambda path: onnx_files.scrfd(path, SIDES, POINTS, 8, anchors=1), "scores at stride 8, not"),
        (lambda path: onnx_files.scrfd(path, SIDES, POINTS, 8, size=(320, 320)), "320 x 320, its entry says .* 640"),
    ],
)
def test_another_layout_is_refused_when_loaded(tmp_path, make, word):
    sha256 = make(tmp_path / "scrfd.onnx")
    (tmp_path / "models.yaml").write_text(ENTRY.format(sha256=sha256, input=[3, 640, 640]))
    with pytest.raises(ModelError, match=word):
        load_detector(ModelRegistry.load(tmp_path), "own-scrfd", 0.5)
