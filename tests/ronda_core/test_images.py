# SPDX-License-Identifier: Apache-2.0
import array

import numpy as np
import pytest
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header

from ronda_core import images
from ronda_core.errors import RondaError


@pytest.fixture
def picture():
    return np.random.default_rng(1).integers(0, 256, (48, 64, 3), np.uint8)


def test_a_picture_survives_the_message(picture):
    message = images.to_message(picture, Header(frame_id="camera_optical_frame"))
    assert np.array_equal(images.to_array(message), picture)


def test_a_part_of_a_picture_survives_too(picture):
    part = picture[4:20, 10:30]
    assert np.array_equal(images.to_array(images.to_message(part, Header())), part)


def test_rgb_is_turned_into_bgr(picture):
    message = images.to_message(picture, Header(), encoding="rgb8")
    assert np.array_equal(images.to_array(message), picture[:, :, ::-1])


def test_rows_may_be_padded(picture):
    padded = np.pad(picture, ((0, 0), (0, 4), (0, 0)))
    message = images.to_message(padded, Header())
    message.width = 64
    assert np.array_equal(images.to_array(message), picture)


def test_grey_becomes_three_equal_channels():
    message = Image(height=2, width=3, encoding="mono8", step=3, data=array.array("B", range(6)))
    assert images.to_array(message)[1, 2].tolist() == [5, 5, 5]


@pytest.mark.parametrize(
    "message",
    [
        Image(height=2, width=2, encoding="bayer_rggb8", step=2, data=array.array("B", bytes(4))),
        Image(height=2, width=2, encoding="bgr8", step=6, data=array.array("B", bytes(11))),
        Image(height=2, width=2, encoding="bgr8", step=4, data=array.array("B", bytes(12))),
        Image(height=0, width=0, encoding="bgr8", step=0),
    ],
)
def test_a_message_that_holds_no_such_picture_is_refused(message):
    with pytest.raises(RondaError):
        images.to_array(message)


def test_jpeg_there_and_back():
    smooth = np.full((48, 64, 3), (10, 120, 240), np.uint8)
    back = images.from_compressed(images.to_compressed(smooth, Header(), quality=95))
    assert back.shape == smooth.shape and np.abs(back.astype(int) - smooth).max() <= 4


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff\xe0 not a picture"])
def test_bytes_that_are_no_picture_are_refused(data):
    with pytest.raises(RondaError, match="cannot be decoded"):
        images.from_compressed(CompressedImage(format="jpeg", data=array.array("B", data)))
