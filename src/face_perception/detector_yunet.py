# SPDX-License-Identifier: Apache-2.0
"""YuNet (Wu et al., 2023): one prediction per cell of the strides 8, 16 and 32.

Outputs ``cls_S`` and ``obj_S`` (1, n, 1), ``bbox_S`` (1, n, 4) and ``kps_S`` (1, n, 10) for each stride S. The score is
the root of class times object score; a box has its centre relative to its cell and the logarithm of its size, points
are relative to the cell, all in units of the stride (as in OpenCV's FaceDetectorYN).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from face_perception.boxes import suppress
from face_perception.canvas import BLOCK, fixed_size, paste, working_size
from face_perception.errors import ModelError
from face_perception.faces import Box, Detection, Picture
from face_perception.models import ModelSpec
from face_perception.runtime import Network, Tensor
from face_perception.tensors import to_tensor

_OVERLAP = 0.3
_STRIDES = (8, 16, 32)
_WIDTHS = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}


class YuNetDetector:
    """Finds faces with five points."""

    gives_points = True

    def __init__(self, path: Path, spec: ModelSpec, score: float, long_side: int = 0) -> None:
        self._network = Network(path, spec.name)
        self._network.require_input((None, 3, spec.input[1] or None, spec.input[2] or None))
        self._spec = spec
        self._score = score
        self._long_side = long_side
        self._fixed = fixed_size(self._network, spec)
        expected = {f"{part}_{stride}" for part in _WIDTHS for stride in _STRIDES}
        if missing := sorted(expected - set(self._network.outputs)):
            raise self._other_layout(f"no output '{missing[0]}'")
        # A run on black shows at once, not at the first picture, whether the file has YuNet's layout.
        self.detect(np.zeros((BLOCK, BLOCK, 3), np.uint8))

    def detect(self, picture: Picture) -> list[Detection]:
        """Return the faces of a BGR picture, best first, each with five points."""
        rows, columns = self._fixed or working_size(picture, self._long_side)
        canvas, factor = paste(picture, rows, columns, enlarge=self._fixed is not None)
        outputs = dict(zip(self._network.outputs, self._network(to_tensor(canvas, self._spec)), strict=True))
        found = []
        for stride in _STRIDES:
            cells = (rows // stride) * (columns // stride)
            parts = {part: self._part(outputs, part, stride, cells) for part in _WIDTHS}
            scores = np.sqrt(np.clip(parts["cls"], 0, 1) * np.clip(parts["obj"], 0, 1))[:, 0]
            chosen = np.flatnonzero(scores >= self._score)
            cell = np.stack([chosen % (columns // stride), chosen // (columns // stride)], 1).astype(np.float32)
            boxes = parts["bbox"][chosen]
            centres, sizes = (cell + boxes[:, :2]) * stride, np.exp(boxes[:, 2:]) * stride
            corners = np.concatenate([centres - sizes / 2, centres + sizes / 2], 1) / factor
            marks = (cell[:, None] + parts["kps"][chosen].reshape(-1, 5, 2)) * stride / factor
            found += [
                Detection(Box(*corner.tolist()), float(score), points.astype(np.float32))
                for corner, score, points in zip(corners, scores[chosen], marks, strict=True)
            ]
        return suppress(found, _OVERLAP)

    def _part(self, outputs: dict[str, Tensor], part: str, stride: int, cells: int) -> Tensor:
        output = outputs[f"{part}_{stride}"]
        if output.size != cells * _WIDTHS[part]:
            raise self._other_layout(f"output '{part}_{stride}' of shape {list(output.shape)} for {cells} cells")
        return output.reshape(cells, _WIDTHS[part])

    def _other_layout(self, what: str) -> ModelError:
        return ModelError(
            f"model '{self._spec.name}' in {self._network.path} has {what}: this is not YuNet's layout",
            hint="correct 'decoder' of its entry, or take OpenCV Zoo's face_detection_yunet of 2023 or later",
        )
