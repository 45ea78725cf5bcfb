# SPDX-License-Identifier: Apache-2.0
"""Ultra-light RFB detector: 320x240 input, outputs (1, n, 2) class scores and (1, n, 4) boxes in [0, 1]."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from face_perception.boxes import suppress
from face_perception.canvas import paste
from face_perception.faces import Box, Detection, Picture
from face_perception.models import ModelSpec
from face_perception.runtime import Network
from face_perception.tensors import to_tensor

_OVERLAP = 0.4


class UltraLightDetector:
    """Very fast; gives no points; loses faces below about 8 % of the picture's width (tile for those)."""

    gives_points = False

    def __init__(self, path: Path, spec: ModelSpec, score: float) -> None:
        self._network = Network(path, spec.name)
        self._network.require_input((1, *spec.input))
        self._spec = spec
        self._score = score

    def detect(self, picture: Picture) -> list[Detection]:
        """Return the faces of a BGR picture, best first."""
        _, rows, columns = self._spec.input
        canvas, factor = paste(picture, rows, columns)
        scores, boxes = self._network(to_tensor(canvas, self._spec))
        chosen = np.flatnonzero(scores[0, :, 1] >= self._score)
        corners = boxes[0, chosen] * np.array([columns, rows, columns, rows], np.float32) / factor
        found = (
            Detection(Box(*(float(value) for value in corner)), float(score))
            for corner, score in zip(corners, scores[0, chosen, 1], strict=True)
        )
        return suppress(found, _OVERLAP)
