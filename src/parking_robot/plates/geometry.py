# SPDX-License-Identifier: Apache-2.0
"""Quadrilaterals in pictures: boxes, overlap, and a straight view of what is inside.

A quad is a 4x2 float32 array, pixels, clockwise from the top left; x right, y down.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Quad = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in pixels."""

    x: float
    y: float
    width: float
    height: float

    def overlap(self, other: Box) -> float:
        """Return intersection over union, 0 to 1."""
        across = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        down = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        if across <= 0 or down <= 0:
            return 0.0
        inside = across * down
        return inside / (self.width * self.height + other.width * other.height - inside)


def box_of(quad: Quad) -> Box:
    """Return the upright rectangle around a quad."""
    low, high = quad.min(axis=0), quad.max(axis=0)
    return Box(float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))


def sides(quad: Quad) -> tuple[float, float]:
    """Return the mean length of the upper and lower, and of the left and right sides, in pixels."""
    top, right, bottom, left = (float(np.linalg.norm(quad[(i + 1) % 4] - quad[i])) for i in range(4))
    return (top + bottom) / 2, (left + right) / 2


def straighten(picture: Picture, quad: Quad, height: int, margin: tuple[float, float], longest: int) -> Picture:
    """Return what is inside ``quad``, seen from the front and ``height`` pixels high, at most ``longest`` wide.

    ``margin`` widens the quad on each side by that share of its height, across and down.
    """
    across, down = sides(quad)
    total = down * (1 + 2 * margin[1])
    scale = height / max(total, 1.0)
    width = int(np.clip(round((across + 2 * margin[0] * down) * scale), height, longest))
    inset = (margin[0] * down * width / max(across + 2 * margin[0] * down, 1.0), margin[1] * down * scale)
    target = np.array(
        [
            [inset[0], inset[1]],
            [width - inset[0], inset[1]],
            [width - inset[0], height - inset[1]],
            [inset[0], height - inset[1]],
        ],
        np.float32,
    )
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    result: Picture = cv2.warpPerspective(
        picture, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    return result
