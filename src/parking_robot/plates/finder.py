# SPDX-License-Identifier: Apache-2.0
"""Find plates in a whole picture with the package's own network (training/README.md says how it was made)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from face_perception.runtime import Network
from parking_robot.plates.geometry import Picture, Quad, box_of

STRIDE = 8
UNIT = 32.0
ALIGN = 32
# Two finds that overlap by so much (intersection over union) are of one plate.
SAME_PLACE = 0.3


@dataclass(frozen=True, slots=True)
class Find:
    """A place that looks like a plate: its corners in picture pixels and how sure the network is, 0 to 1."""

    quad: Quad
    score: float


class PlateFinder:
    """Looks at the picture scaled to each of ``sides`` (longest side, pixels)."""

    def __init__(self, path: Path, sides: tuple[int, ...], threshold: float, most: int) -> None:
        self._network = Network(path, "plate-finder")
        self._sides, self._threshold, self._most = sides, threshold, most

    def looks(self, picture: Picture) -> Iterator[list[Find]]:
        """Yield the finds of one size after the other, best first, at most ``most`` of each; a look costs its time."""
        for side in self._sides:
            yield distinct(self._look(picture, side))[: self._most]

    def _look(self, picture: Picture, side: int) -> list[Find]:
        height, width = picture.shape[:2]
        scale = side / max(height, width)
        flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        scaled = cv2.resize(picture, (max(1, round(width * scale)), max(1, round(height * scale))), interpolation=flags)
        bottom, right = -scaled.shape[0] % ALIGN, -scaled.shape[1] % ALIGN
        padded = cv2.copyMakeBorder(scaled, 0, bottom, 0, right, cv2.BORDER_REPLICATE)
        tensor = np.ascontiguousarray(padded[..., ::-1].transpose(2, 0, 1)[None], dtype=np.float32) / np.float32(255)
        cells = self._network(tensor)[0][0]
        return [Find(quad / np.float32(scale), score) for quad, score in peaks(cells, self._threshold)]


def peaks(cells: NDArray[np.float32], threshold: float) -> list[tuple[Quad, float]]:
    """Return quads (pixels of the network's input) and scores of the cells that are the best of their neighbourhood."""
    scores = 1.0 / (1.0 + np.exp(-cells[0]))
    best = (scores >= cv2.dilate(scores, np.ones((3, 3), np.uint8))) & (scores >= threshold)
    result = []
    for row, column in zip(*np.nonzero(best), strict=True):
        centre = np.array([column, row], np.float32) * STRIDE + STRIDE / 2
        quad = (cells[1:, row, column].reshape(4, 2) * UNIT + centre).astype(np.float32)
        result.append((quad, float(scores[row, column])))
    return result


def distinct(finds: list[Find], overlap: float = SAME_PLACE) -> list[Find]:
    """Return the finds, best first, without those that overlap a better one."""
    kept: list[Find] = []
    for find in sorted(finds, key=lambda find: -find.score):
        if all(box_of(find.quad).overlap(box_of(other.quad)) < overlap for other in kept):
            kept.append(find)
    return kept
