# SPDX-License-Identifier: Apache-2.0
"""SCRFD (Guo et al., 2021): anchor centres on a grid per stride; distances to the four sides and to five points.

Outputs, each once per stride: scores (n, 1), distances (n, 4) and, in files with key points, offsets (n, 10), in units
of the stride; n = anchors x cells. A leading batch dimension of 1 may stand before them. Files differ in their
outputs' names and order, never in these shapes, so the shapes tell what is what.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from face_perception.boxes import suppress
from face_perception.canvas import BLOCK, fixed_size, paste, working_size
from face_perception.errors import ModelError
from face_perception.faces import Box, Detection, Picture
from face_perception.models import ModelSpec
from face_perception.runtime import Network, Tensor
from face_perception.tensors import to_tensor

_OVERLAP = 0.4
_SCORE, _SIDES, _POINTS = 1, 4, 10
# Number of strides in a file -> (strides, anchors per cell), as the published families have them.
_FAMILIES = {3: ((8, 16, 32), 2), 5: ((8, 16, 32, 64, 128), 1)}


class ScrfdDetector:
    """Finds faces, with five points where the file has them."""

    def __init__(self, path: Path, spec: ModelSpec, score: float, long_side: int = 0) -> None:
        self._network = Network(path, spec.name)
        self._network.require_input((None, 3, spec.input[1] or None, spec.input[2] or None))
        self._spec = spec
        self._score = score
        self._long_side = long_side
        self._fixed = fixed_size(self._network, spec)
        per_stride, rest = divmod(len(self._network.outputs), 3)
        self.gives_points = rest == 0 and per_stride in _FAMILIES
        count = per_stride if self.gives_points else len(self._network.outputs) // 2
        if count not in _FAMILIES or (not self.gives_points and len(self._network.outputs) % 2):
            raise self._other_layout(f"{len(self._network.outputs)} outputs")
        self._strides, self._anchors = _FAMILIES[count]
        # A run on black shows at once, not at the first picture, whether the file has SCRFD's layout.
        side = max(BLOCK, self._strides[-1])
        self.detect(np.zeros((side, side, 3), np.uint8))

    def detect(self, picture: Picture) -> list[Detection]:
        """Return the faces of a BGR picture, best first."""
        rows, columns = self._fixed or self._free_size(picture)
        canvas, factor = paste(picture, rows, columns, enlarge=self._fixed is not None)
        outputs = self._sorted_outputs(self._network(to_tensor(canvas, self._spec)))
        found = []
        for index, stride in enumerate(self._strides):
            cells = (rows // stride) * (columns // stride) * self._anchors
            scores, sides = outputs[_SCORE][index], outputs[_SIDES][index]
            if not len(scores) == len(sides) == cells:
                raise self._other_layout(f"{len(scores)} scores at stride {stride}, not {cells}")
            chosen = np.flatnonzero(scores[:, 0] >= self._score)
            centres = self._centres(chosen, columns // stride) * stride
            distances = sides[chosen] * stride
            corners = np.concatenate([centres - distances[:, :2], centres + distances[:, 2:]], 1) / factor
            marks = [None] * len(chosen)
            if self.gives_points:
                offsets = outputs[_POINTS][index][chosen].reshape(-1, 5, 2) * stride
                marks = list(((centres[:, None] + offsets) / factor).astype(np.float32))
            found += [
                Detection(Box(*corner.tolist()), float(score), points)
                for corner, score, points in zip(corners, scores[chosen, 0], marks, strict=True)
            ]
        return suppress(found, _OVERLAP)

    def _free_size(self, picture: Picture) -> tuple[int, int]:
        rows, columns = working_size(picture, self._long_side)
        block = self._strides[-1]
        return -(-rows // block) * block, -(-columns // block) * block

    def _centres(self, chosen: NDArray[np.int64], columns: int) -> NDArray[np.float32]:
        """Return (x, y) of the chosen anchors' cells; a cell's anchors follow each other."""
        cells = chosen // self._anchors
        return np.stack([cells % columns, cells // columns], 1).astype(np.float32)

    def _sorted_outputs(self, outputs: list[Tensor]) -> dict[int, list[Tensor]]:
        """Return the outputs by their width, the finest stride (most rows) first."""
        flat = [output.reshape(-1, output.shape[-1]) for output in outputs]
        kinds = {width: [one for one in flat if one.shape[1] == width] for width in (_SCORE, _SIDES, _POINTS)}
        expected = {width: len(self._strides) for width in (_SCORE, _SIDES)}
        expected[_POINTS] = len(self._strides) if self.gives_points else 0
        if {width: len(group) for width, group in kinds.items()} != expected:
            raise self._other_layout(f"outputs of shape {[list(output.shape) for output in outputs]}")
        return {width: sorted(group, key=len, reverse=True) for width, group in kinds.items()}

    def _other_layout(self, what: str) -> ModelError:
        return ModelError(
            f"model '{self._spec.name}' in {self._network.path} has {what}: this is not SCRFD's layout",
            hint="correct 'decoder' of its entry, or export the file as SCRFD's authors do (3 or 5 strides)",
        )
