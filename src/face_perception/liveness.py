# SPDX-License-Identifier: Apache-2.0
"""Passive liveness: one advisory score per view, to be averaged over a track."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np

from face_perception.faces import Box, Picture
from face_perception.landmarks import square_crop
from face_perception.models import ModelSpec
from face_perception.runtime import Network
from face_perception.tensors import to_tensor

# The network was trained on the face with its surroundings: a phone's edge or a sheet's border must be in view.
_MARGIN = 2.7


class LivenessModel(Protocol):
    """Judges whether a face is a living one."""

    def score(self, picture: Picture, box: Box) -> float:
        """Return a score in [0, 1]; 1 is a living face."""
        ...


class MiniFasNet:
    """Three-class network (real, two kinds of attack). Measured on few samples: advisory only (docs/faces.md)."""

    def __init__(self, path: Path, spec: ModelSpec) -> None:
        self._network = Network(path, spec.name)
        self._network.require_input((1, *spec.input))
        self._spec = spec

    def score(self, picture: Picture, box: Box) -> float:
        """Return the softmax probability of the class "real"."""
        crop, _ = square_crop(picture, box.grown(_MARGIN), self._spec.input[1])
        logits = self._network(to_tensor(crop, self._spec))[0].ravel().astype(np.float64)
        exponents = np.exp(logits - logits.max())
        return float(exponents[0] / exponents.sum())
