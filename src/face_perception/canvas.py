# SPDX-License-Identifier: Apache-2.0
"""Bring a picture of any size to the size that a detector works at."""

from __future__ import annotations

import math

import cv2
import numpy as np

from face_perception.faces import Picture
from face_perception.models import ModelSpec
from face_perception.runtime import Network

BLOCK = 32
"""Detectors with strides up to 32 take multiples of it."""


def fixed_size(network: Network, spec: ModelSpec) -> tuple[int, int] | None:
    """Return (rows, columns) where the file or its entry fixes the input's size, else None."""
    rows, columns = (
        model if isinstance(model, int) else entry
        for model, entry in zip(network.input_shape[2:4], spec.input[1:], strict=True)
    )
    return (rows, columns) if rows > 0 and columns > 0 else None


def working_size(picture: Picture, long_side: int) -> tuple[int, int]:
    """Return (rows, columns), multiples of :data:`BLOCK`, that hold the picture with its longer side at most
    ``long_side`` pixels (0: its own size)."""
    height, width = picture.shape[:2]
    factor = min(1.0, long_side / max(height, width)) if long_side else 1.0
    rows, columns = (max(1, math.ceil(round(side * factor) / BLOCK)) * BLOCK for side in (height, width))
    return rows, columns


def paste(picture: Picture, rows: int, columns: int, enlarge: bool = True) -> tuple[Picture, float]:
    """Return a black ``rows`` x ``columns`` canvas with the picture in its top left corner, as large as fits with its
    aspect ratio kept (not ``enlarge``: at most its own size), and the factor by which it was scaled."""
    height, width = picture.shape[:2]
    factor = min(columns / width, rows / height)
    if not enlarge:
        factor = min(factor, 1.0)
    size = (min(columns, max(1, round(width * factor))), min(rows, max(1, round(height * factor))))
    canvas = np.zeros((rows, columns, 3), np.uint8)
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    canvas[: size[1], : size[0]] = picture if factor == 1 else cv2.resize(picture, size, interpolation=method)
    return canvas, factor
