# SPDX-License-Identifier: Apache-2.0
"""Five points of a detected face: refined by CenterFace on an enlarged crop, or from the 68-point network."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from face_perception.detector import Detector
from face_perception.faces import Box, Detection, Picture, Points
from face_perception.models import ModelSpec
from face_perception.runtime import Network
from face_perception.tensors import to_tensor

# Indices of the 68 points whose mean is each of the five (eyelids, not eye corners: steadier under yaw).
_FIVE_OF_68 = ((37, 38, 40, 41), (43, 44, 46, 47), (30,), (48, 60), (54, 64))


class PointFinder(Protocol):
    """Gives the five points of a detected face."""

    def find(self, picture: Picture, detection: Detection) -> Points:
        """Return (5, 2) float32 pixels: eyes, nose tip, mouth corners, left to right as seen."""
        ...


class DetectorPoints:
    """The points that the detector itself gave."""

    def find(self, picture: Picture, detection: Detection) -> Points:
        """Return the detection's own points. Raises ValueError where the detector gives none."""
        if detection.points is None:
            raise ValueError("the detector of this profile gives no points: choose a 'landmarks' model")
        return detection.points


class Landmarks68:
    """68 points from the grey square around the box; ``find`` reduces them to five."""

    def __init__(self, path: Path, spec: ModelSpec) -> None:
        self._network = Network(path, spec.name)
        self._network.require_input((1, *spec.input))
        self._spec = spec

    def find(self, picture: Picture, detection: Detection) -> Points:
        """Return the five points as means of some of the 68."""
        dense = self.find_68(picture, detection.box)
        return np.stack([dense[list(indices)].mean(0) for indices in _FIVE_OF_68])

    def find_68(self, picture: Picture, box: Box) -> Points:
        """Return all 68 points, (68, 2) float32 pixels of the picture."""
        x, y = box.centre
        half = box.height / 2
        square = Box(x - half, y - half, x + half, y + half)
        side = self._spec.input[1]
        crop, _ = square_crop(picture, square, side)
        points = self._network(to_tensor(crop, self._spec))[0].reshape(68, 2)
        return (points * box.height + (square.left, square.top)).astype(np.float32)


class RefinedPoints:
    """Looks again with a point-giving detector at the enlarged face: better points for small faces."""

    def __init__(self, detector: Detector, fallback: PointFinder, side: int = 128, margin: float = 1.6) -> None:
        self._detector = detector
        self._fallback = fallback
        self._side = side
        self._margin = margin

    def find(self, picture: Picture, detection: Detection) -> Points:
        """Return the refined points, or the fallback's when the second look sees no face there."""
        area = detection.box.grown(self._margin)
        crop, scale = square_crop(picture, area, self._side)
        inside = Box(*((np.array(_corners(detection.box)) - (area.left, area.top) * 2) * scale).tolist())
        best = max(self._detector.detect(crop), key=lambda found: found.box.iou(inside), default=None)
        if best is None or best.points is None or best.box.iou(inside) < 0.3:
            return self._fallback.find(picture, detection)
        return (best.points / scale + (area.left, area.top)).astype(np.float32)


def square_crop(picture: Picture, box: Box, side: int) -> tuple[Picture, float]:
    """Return the square ``box`` scaled to ``side`` pixels (edge pixels repeated outside) and the scale used."""
    scale = side / max(1.0, box.width)
    matrix = np.array([[scale, 0, -box.left * scale], [0, scale, -box.top * scale]])
    if scale < 0.5:
        # A warp samples four pixels only: shrink the region properly first.
        shrunk = box.crop(picture)
        if shrunk.size:
            factor = scale * 2
            small = cv2.resize(shrunk, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
            left, top = max(0, int(max(box.left, 0))), max(0, int(max(box.top, 0)))
            matrix = np.array([[0.5, 0, (left - box.left) * scale], [0, 0.5, (top - box.top) * scale]])
            picture = small
    crop = cv2.warpAffine(picture, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return crop, scale


def _corners(box: Box) -> tuple[float, float, float, float]:
    return box.left, box.top, box.right, box.bottom
