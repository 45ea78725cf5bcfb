# SPDX-License-Identifier: Apache-2.0
"""Turn and scale a face by its five points into the square that a recogniser was trained on."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from face_perception.faces import Picture, Points

SIDE = 112
# Where the five points lie in the 112x112 square that published recognisers share (InsightFace's template).
REFERENCE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float32
)


@dataclass(frozen=True, slots=True)
class Square:
    """A recogniser's input: its side in pixels and where the five points lie in it."""

    side: int
    points: tuple[tuple[float, float], ...]


USUAL = Square(SIDE, tuple((float(x), float(y)) for x, y in REFERENCE))


def similarity(points: Points, target: Points = REFERENCE) -> NDArray[np.float64]:
    """Return the 2x3 least-squares similarity transform that takes ``points`` to ``target`` (Umeyama, 1991)."""
    source = points.astype(np.float64)
    goal = target.astype(np.float64)
    source_mean, goal_mean = source.mean(0), goal.mean(0)
    source_centred, goal_centred = source - source_mean, goal - goal_mean
    u, singular, vt = np.linalg.svd(goal_centred.T @ source_centred)
    signs = np.array([1.0, np.sign(np.linalg.det(u @ vt))])
    rotation = u @ np.diag(signs) @ vt
    spread = (source_centred**2).sum()
    scale = float((singular * signs).sum() / spread) if spread > 0 else 1.0
    matrix = np.empty((2, 3))
    matrix[:, :2] = scale * rotation
    matrix[:, 2] = goal_mean - scale * rotation @ source_mean
    return matrix


def align(picture: Picture, points: Points, square: Square = USUAL) -> Picture:
    """Return the face as a BGR square with its five points where ``square`` has them."""
    target = np.array(square.points, np.float32)
    matrix = similarity(points, target)
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if scale < 0.5:
        # Large faces: average first, a bilinear warp alone would alias.
        factor = 2 * scale
        picture = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        matrix = similarity((points * factor).astype(np.float32), target)
    size = (square.side, square.side)
    return cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
