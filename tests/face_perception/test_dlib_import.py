# SPDX-License-Identifier: Apache-2.0
import numpy as np
import onnxruntime
import pytest

from face_perception.dlib_import import convert
from face_perception.errors import ModelError

FILTERS = [32] * 3 + [64] * 4 + [128] * 3 + [256] * 4
FIRST, DOWN_TO_256 = 0, 1 + 2 * 10 + 1


def integer(value):
    content = value.to_bytes(max(1, (value.bit_length() + 7) // 8), "little")
    return bytes([len(content)]) + content


def text(value):
    return integer(len(value)) + value.encode()


def tensor(values):
    sizes = [*values.shape, *[1] * (4 - values.ndim)]
    return integer(2) + b"".join(integer(size) for size in sizes) + values.astype("<f4").tobytes()


def network(change=lambda convolutions, affines, last: None):
    """The bytes of dlib's network with zero convolutions, factors 1 and offsets 0, after ``change``."""
    shapes = [(32, 3, 7, 7)]
    for index, filters in enumerate(FILTERS):
        shapes += [(filters, [32, *FILTERS][index], 3, 3), (filters, filters, 3, 3)]
    convolutions = [np.zeros(shape, np.float32) for shape in shapes]
    affines = [np.stack([np.ones(shape[0]), np.zeros(shape[0])]) for shape in shapes]
    last = np.zeros((256, 128), np.float32)
    change(convolutions, affines, last)
    content = b"\x01\x05some header"
    for weights, affine in zip(convolutions, affines, strict=True):
        biases = np.zeros(len(weights))
        content += text("con_4") + tensor(np.concatenate([weights.ravel(), biases])) + b"\x01\x01"
        content += text("affine_") + tensor(affine.ravel()) + b"\x01\x01"
    return content + text("fc_2") + integer(128) + integer(256) + tensor(last) + b"end"


def embed(content, picture):
    session = onnxruntime.InferenceSession(convert(content, "made"), providers=["CPUExecutionProvider"])
    return session.run(None, {"input": picture})[0]


def test_the_way_past_the_blocks_carries_the_first_layer_to_the_template():
    def change(convolutions, affines, last):
        convolutions[FIRST][4, 0, 3, 3] = 2.0
        affines[FIRST][:, 4] = (3.0, 0.5)
        last[4, 7] = 10.0

    picture = np.zeros((2, 3, 150, 150), np.float32)
    picture[0, 0], picture[1, 0] = 0.25, -5.0
    templates = embed(network(change), picture)
    # relu(3 (2 x 0.25) + 0.5) x 10; the second picture's value is negative before the rectifier.
    assert templates.shape == (2, 128)
    assert templates[0, 7] == pytest.approx(20.0, abs=1e-4) and np.count_nonzero(templates) == 1


def test_sums_of_unequal_sizes_are_padded_with_zeros():
    def change(convolutions, affines, last):
        affines[DOWN_TO_256][1, 200] = 1.6
        last[200, 3] = 1.0

    # There the convolved map is 3x3 and the pooled one 4x4: nine of sixteen cells carry the offset.
    template = embed(network(change), np.zeros((1, 3, 150, 150), np.float32))[0]
    assert template[3] == pytest.approx(1.6 * 9 / 16, abs=1e-5)


@pytest.mark.parametrize("content", [b"", b"no network at all", network()[:100_000]])
def test_other_files_are_refused(content):
    with pytest.raises(ModelError, match="is not dlib's face recognition network"):
        convert(content, "made")
