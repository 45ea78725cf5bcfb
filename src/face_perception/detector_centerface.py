# SPDX-License-Identifier: Apache-2.0
"""CenterFace: any input size divisible by 32; a stride-4 heat map with box sizes, centre offsets and five points."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from face_perception.boxes import suppress
from face_perception.errors import ModelError
from face_perception.faces import Box, Detection, Picture
from face_perception.models import ModelSpec
from face_perception.runtime import Network
from face_perception.tensors import to_tensor

_OVERLAP = 0.3
_STRIDE = 4
_BLOCK = 32


class CenterFaceDetector:
    """Finds faces of 20 pixels and more at full resolution and gives the five points with each."""

    gives_points = True

    def __init__(self, path: Path, spec: ModelSpec, score: float, long_side: int = 0) -> None:
        self._network = Network(path, spec.name)
        self._network.require_input((None, 3, None, None))
        if len(self._network.outputs) != 4:
            raise ModelError(
                f"model '{spec.name}' has {len(self._network.outputs)} outputs, CenterFace has 4",
                hint="correct 'decoder' of its entry",
            )
        self._spec = spec
        self._score = score
        self._long_side = long_side

    def detect(self, picture: Picture) -> list[Detection]:
        """Return the faces of a BGR picture, best first, each with five points."""
        height, width = picture.shape[:2]
        factor = min(1.0, self._long_side / max(height, width)) if self._long_side else 1.0
        columns = max(_BLOCK, _BLOCK * round(width * factor / _BLOCK))
        rows = max(_BLOCK, _BLOCK * round(height * factor / _BLOCK))
        method = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
        scaled = cv2.resize(picture, (columns, rows), interpolation=method)
        heat, size, offset, points = self._network(to_tensor(scaled, self._spec))
        y, x = np.nonzero(heat[0, 0] >= self._score)
        scores = heat[0, 0, y, x]
        box_height, box_width = np.exp(size[0, 0, y, x]) * _STRIDE, np.exp(size[0, 1, y, x]) * _STRIDE
        top = (y + offset[0, 0, y, x] + 0.5) * _STRIDE - box_height / 2
        left = (x + offset[0, 1, y, x] + 0.5) * _STRIDE - box_width / 2
        # Channel pairs are (y, x) of each point, in units of the box, from its top left corner.
        marks = points[0, :, y, x].reshape(-1, 5, 2)[:, :, ::-1]
        marks = marks * np.stack([box_width, box_height], 1)[:, None] + np.stack([left, top], 1)[:, None]
        back = np.array([width / columns, height / rows], np.float32)
        found = []
        for index in range(len(scores)):
            corner = np.array([left[index], top[index]]) * back
            extent = np.array([box_width[index], box_height[index]]) * back
            box = Box(*corner.tolist(), *(corner + extent).tolist())
            found.append(Detection(box, float(scores[index]), (marks[index] * back).astype(np.float32)))
        return suppress(found, _OVERLAP)
