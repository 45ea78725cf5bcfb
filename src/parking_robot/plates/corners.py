# SPDX-License-Identifier: Apache-2.0
"""Look closely at a find: is it a plate, where are its corners and those of its characters, from which region is it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from face_perception.runtime import Network
from parking_robot.plates.geometry import Picture, Quad, box_of

CROP_HEIGHT, CROP_WIDTH = 96, 192
# The share of the crop's width that a plate fills, as in training.
FILL = 0.66
REGIONS = ("US", "EU", "BR", "CN", "KR")


@dataclass(frozen=True, slots=True)
class Outline:
    """A plate seen closely: corners in picture pixels, whether it is one (0 to 1), and how likely each region is."""

    plate: Quad
    text: Quad
    score: float
    regions: Mapping[str, float]


class CornerNetwork:
    """The package's second network."""

    def __init__(self, path: Path) -> None:
        self._network = Network(path, "plate-corners")

    def outline(self, picture: Picture, quad: Quad) -> Outline:
        """Return the outline of the plate that a find of corners ``quad`` shows."""
        matrix = crop_matrix(quad)
        crop = cv2.warpAffine(
            picture, matrix, (CROP_WIDTH, CROP_HEIGHT), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
        )
        tensor = np.ascontiguousarray(crop[..., ::-1].transpose(2, 0, 1)[None], dtype=np.float32) / np.float32(255)
        points, verdict = self._network(tensor)
        back = cv2.invertAffineTransform(matrix)
        corners = (points[0] @ back[:, :2].T + back[:, 2]).astype(np.float32)
        region = np.exp(verdict[0, 1:] - verdict[0, 1:].max())
        region /= region.sum()
        score = 1.0 / (1.0 + float(np.exp(-verdict[0, 0])))
        return Outline(corners[:4], corners[4:], score, dict(zip(REGIONS, region.tolist(), strict=True)))


def crop_matrix(quad: Quad) -> np.ndarray:
    """Return the 2x3 matrix from the picture to a crop in which the plate fills the middle."""
    box = box_of(quad)
    scale = min(CROP_WIDTH * FILL / max(box.width, 4.0), CROP_HEIGHT * 0.8 / max(box.height, 4.0))
    centre = np.array([box.x + box.width / 2, box.y + box.height / 2])
    shift = np.array([CROP_WIDTH / 2, CROP_HEIGHT / 2]) - scale * centre
    return np.array([[scale, 0.0, shift[0]], [0.0, scale, shift[1]]])
