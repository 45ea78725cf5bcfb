# SPDX-License-Identifier: Apache-2.0
"""Find small faces with a detector of fixed input size: the whole picture, then overlapping tiles of it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from face_perception.boxes import suppress
from face_perception.detector import Detector
from face_perception.faces import Box, Detection, Picture
from face_perception.side_by_side import run_each

_OVERLAP = 0.4
# Two boxes of one face from different scales differ more than two from one scale.
_CONTAINED = 0.6
# Share of the box's width that must lie between it and an inner border of the tile.
_BORDER = 0.05


class TiledDetector:
    """Runs ``detector`` on the whole picture and on ``columns`` x ``rows`` tiles that overlap by ``overlap``.

    The overlap must hold the largest face that the whole picture would miss; 0.25 holds faces up to an eighth of
    the picture's width with two columns.
    """

    def __init__(self, detector: Detector, columns: int, rows: int, overlap: float = 0.25) -> None:
        self._detector = detector
        self._columns = columns
        self._rows = rows
        self._overlap = overlap

    @property
    def gives_points(self) -> bool:
        """Whether the detector within gives points."""
        return self._detector.gives_points

    def detect(self, picture: Picture) -> list[Detection]:
        """Return the faces of a BGR picture, best first, each once."""
        height, width = picture.shape[:2]
        whole = Box(0, 0, width, height)
        tiles = [
            Box(left, top, right, bottom)
            for left, right in spans(width, self._columns, self._overlap)
            for top, bottom in spans(height, self._rows, self._overlap)
        ]
        found = [one for part in run_each(lambda window: self._look(picture, window), [whole, *tiles]) for one in part]
        return suppress(found, _OVERLAP, _CONTAINED)

    def _look(self, picture: Picture, window: Box) -> list[Detection]:
        height, width = picture.shape[:2]
        left, top, right, bottom = (int(side) for side in (window.left, window.top, window.right, window.bottom))
        moved = (_moved(one, left, top) for one in self._detector.detect(picture[top:bottom, left:right]))
        return [one for one in moved if not _is_cut(one.box, window, width, height)]


def _is_cut(box: Box, tile: Box, width: int, height: int) -> bool:
    """Return whether a face reaches over a tile's inner border: a neighbour or the whole picture shows it complete."""
    margin = _BORDER * box.width
    return (
        (tile.left > 0 and box.left < tile.left + margin)
        or (tile.top > 0 and box.top < tile.top + margin)
        or (tile.right < width and box.right > tile.right - margin)
        or (tile.bottom < height and box.bottom > tile.bottom - margin)
    )


def spans(length: int, parts: int, overlap: float) -> Iterator[tuple[int, int]]:
    """Yield ``parts`` equally long ranges that cover ``length`` pixels, neighbours sharing ``overlap`` of a range."""
    if parts <= 1:
        yield 0, length
        return
    size = length / (parts - (parts - 1) * overlap)
    for index in range(parts):
        start = index * (length - size) / (parts - 1)
        yield round(start), round(start + size)


def _moved(detection: Detection, x: float, y: float) -> Detection:
    box = detection.box
    points = None if detection.points is None else np.add(detection.points, (x, y), dtype=np.float32)
    return Detection(Box(box.left + x, box.top + y, box.right + x, box.bottom + y), detection.score, points)
