# SPDX-License-Identifier: Apache-2.0
"""Value types shared by the whole pipeline: boxes, detections and analysed faces, in pixels of the frame."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Points = NDArray[np.float32]
Template = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Box:
    """Axis-aligned rectangle in pixels; (left, top) inclusive, (right, bottom) exclusive; may leave the frame."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def area(self) -> float:
        return max(0.0, self.width) * max(0.0, self.height)

    @property
    def centre(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def iou(self, other: Box) -> float:
        """Return intersection over union in [0, 1]."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        if width <= 0 or height <= 0:
            return 0.0
        overlap = width * height
        return overlap / (self.area + other.area - overlap)

    def grown(self, factor: float) -> Box:
        """Return the square around the same centre whose side is ``factor`` times the longer side."""
        x, y = self.centre
        half = max(self.width, self.height) * factor / 2
        return Box(x - half, y - half, x + half, y + half)

    def clipped(self, width: int, height: int) -> Box:
        """Return the part inside a frame of ``width`` x ``height`` pixels."""
        return Box(
            min(max(self.left, 0), width),
            min(max(self.top, 0), height),
            min(max(self.right, 0), width),
            min(max(self.bottom, 0), height),
        )

    def crop(self, picture: Picture) -> Picture:
        """Return the pixels inside the frame (a view, possibly empty)."""
        inside = self.clipped(picture.shape[1], picture.shape[0])
        return picture[int(inside.top) : int(np.ceil(inside.bottom)), int(inside.left) : int(np.ceil(inside.right))]


@dataclass(frozen=True, slots=True)
class Detection:
    """One face found: its box, the detector's score in [0, 1] and, where the detector gives them, five points.

    ``points`` is (5, 2) float32: left eye, right eye, nose tip, left and right mouth corner as seen in the picture.
    """

    box: Box
    score: float
    points: Points | None = None

    def with_points(self, points: Points) -> Detection:
        """Return the same detection with other five points."""
        return replace(self, points=points)


@dataclass(frozen=True, slots=True)
class Face:
    """An analysed face: where it is, how good the view is, and its template (unit length) when it was embedded."""

    box: Box
    score: float
    points: Points
    quality: float
    reasons: dict[str, float] = field(default_factory=dict)
    template: Template | None = None
    liveness: float | None = None
