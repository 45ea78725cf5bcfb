# SPDX-License-Identifier: Apache-2.0
"""Pictures as messages and as NumPy arrays of shape (height, width, 3), uint8, in OpenCV's order blue, green, red."""

from __future__ import annotations

import array
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header

from ronda_core.errors import RondaError

Picture = NDArray[np.uint8]

_TO_BGR: dict[str, int | None] = {
    "bgr8": None,
    "rgb8": cv2.COLOR_RGB2BGR,
    "mono8": cv2.COLOR_GRAY2BGR,
    "bgra8": cv2.COLOR_BGRA2BGR,
    "rgba8": cv2.COLOR_RGBA2BGR,
}
_CHANNELS = {"bgr8": 3, "rgb8": 3, "mono8": 1, "bgra8": 4, "rgba8": 4}


def to_array(message: Image) -> Picture:
    """Return the picture of an Image message. For bgr8 it shares the message's memory.

    Raises RondaError for an encoding that is none of bgr8, rgb8, mono8, bgra8, rgba8, or too few bytes for the size.
    """
    if message.encoding not in _TO_BGR:
        raise RondaError(
            f"a picture of encoding '{message.encoding}' cannot be read", hint=f"use one of {', '.join(_TO_BGR)}"
        )
    channels = _CHANNELS[message.encoding]
    height, width, step = message.height, message.width, message.step
    data = np.frombuffer(message.data, np.uint8)
    if step < width * channels or data.size < step * height or height * width == 0:
        raise RondaError(f"a picture of {width}x{height} pixels, {step} bytes a row, came with {data.size} bytes")
    rows = data[: step * height].reshape(height, step)[:, : width * channels]
    pixels = rows.reshape(height, width, channels)
    conversion = _TO_BGR[message.encoding]
    return pixels if conversion is None else np.asarray(cv2.cvtColor(pixels, conversion), np.uint8)


def to_message(picture: Picture, header: Header, encoding: str = "bgr8") -> Image:
    """Return an Image message; `picture` must already be in `encoding` (bgr8 or rgb8)."""
    height, width = picture.shape[:2]
    message = Image(header=header, height=height, width=width, encoding=encoding, is_bigendian=0, step=3 * width)
    # An array.array is taken as it is; any other sequence is copied element by element when fields are checked.
    data = array.array("B")
    data.frombytes(np.ascontiguousarray(picture).data.cast("B"))
    message.data = data
    return message


def to_compressed(picture: Picture, header: Header, quality: int = 85) -> CompressedImage:
    """Return the picture as JPEG in a CompressedImage message."""
    encoded_well, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not encoded_well:
        raise RondaError(f"a picture of shape {picture.shape} could not be encoded as JPEG")
    return compressed(encoded.tobytes(), header)


def compressed(jpeg: bytes, header: Header) -> CompressedImage:
    """Return a CompressedImage message that holds JPEG bytes; empty bytes mean "no picture"."""
    return CompressedImage(header=header, format="jpeg", data=array.array("B", jpeg))


def from_compressed(message: CompressedImage) -> Picture:
    """Return the picture of a CompressedImage message. Raises RondaError when it cannot be decoded."""
    data: Any = np.frombuffer(message.data, np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    if picture is None:
        raise RondaError(
            f"a compressed picture of {data.size} bytes ({message.format or 'no format'}) cannot be decoded"
        )
    return np.asarray(picture, np.uint8)
