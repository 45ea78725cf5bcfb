# SPDX-License-Identifier: Apache-2.0
"""The detector interface and the table from a registry entry's ``decoder`` to its implementation."""

from __future__ import annotations

from typing import Protocol

from face_perception.errors import ModelError
from face_perception.faces import Detection, Picture
from face_perception.models import ModelKind, ModelRegistry


class Detector(Protocol):
    """Finds faces in a picture."""

    @property
    def gives_points(self) -> bool:
        """Whether its detections carry the five points."""
        ...

    def detect(self, picture: Picture) -> list[Detection]:
        """Return the faces of a BGR picture, best first, in its pixels."""
        ...


def load_detector(registry: ModelRegistry, name: str, score: float, long_side: int = 0) -> Detector:
    """Return the detector called ``name`` that keeps faces scored ``score`` or more.

    ``long_side`` limits the working size in pixels where the model takes any size (0: the picture's own size).
    Raises ModelError for an unknown model or decoder.
    """
    from face_perception.detector_centerface import CenterFaceDetector
    from face_perception.detector_scrfd import ScrfdDetector
    from face_perception.detector_ultralight import UltraLightDetector
    from face_perception.detector_yunet import YuNetDetector

    spec = registry.spec(name, ModelKind.DETECTOR)
    match spec.decoder:
        case "ultralight":
            return UltraLightDetector(registry.path(spec), spec, score)
        case "centerface":
            return CenterFaceDetector(registry.path(spec), spec, score, long_side)
        case "scrfd":
            return ScrfdDetector(registry.path(spec), spec, score, long_side)
        case "yunet":
            return YuNetDetector(registry.path(spec), spec, score, long_side)
    raise ModelError(
        f"model '{name}': unknown decoder '{spec.decoder}'",
        hint="known decoders: scrfd, yunet, centerface, ultralight",
    )
