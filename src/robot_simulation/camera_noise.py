# SPDX-License-Identifier: Apache-2.0
"""Gaussian noise of cameras, as `<noise>` of a sensor states it (share of full scale)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from robot_simulation.gazebo_blocks import CameraBlock

_MARGIN = 64


class CameraNoise:
    """Adds noise to pictures of one camera.

    Drawing millions of numbers for each picture would cost more than the picture: one field is drawn at the start, a
    little larger than a picture, and every picture gets another part of it, mirrored or not.
    """

    def __init__(self, block: CameraBlock, random: np.random.Generator) -> None:
        self._random = random
        self._active = block.noise.stddev > 0.0 or bool(block.noise.mean)
        if not self._active:
            return
        shape = (block.height + _MARGIN, block.width + _MARGIN, 3)
        field = np.rint(255.0 * random.normal(block.noise.mean, block.noise.stddev, shape))
        brighter, darker = np.clip(field, 0, 255).astype(np.uint8), np.clip(-field, 0, 255).astype(np.uint8)
        self._fields = ((brighter, darker), (cv2.flip(brighter, 1), cv2.flip(darker, 1)))

    def add(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the picture (height, width, 3) with noise."""
        if not self._active:
            return picture
        height, width = picture.shape[:2]
        row, column = (int(part) for part in self._random.integers(0, _MARGIN, 2))
        brighter, darker = self._fields[int(self._random.integers(0, 2))]
        part = (slice(row, row + height), slice(column, column + width))
        return np.asarray(cv2.subtract(cv2.add(picture, brighter[part]), darker[part]), np.uint8)
