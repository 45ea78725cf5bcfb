# SPDX-License-Identifier: Apache-2.0
"""The still-picture half of the pipeline: detect, find points, align, judge quality, embed."""

from __future__ import annotations

import math

from face_perception.alignment import USUAL, align
from face_perception.detector import Detector, load_detector
from face_perception.errors import ModelError
from face_perception.faces import Detection, Face, Picture
from face_perception.landmarks import DetectorPoints, Landmarks68, PointFinder, RefinedPoints
from face_perception.liveness import LivenessModel, MiniFasNet
from face_perception.models import ModelKind, ModelRegistry
from face_perception.profiles import Profile
from face_perception.quality import assess
from face_perception.recogniser import FlipAveraging, Fusion, NetworkRecogniser, Recogniser
from face_perception.tiling import TiledDetector

# Score from which a second look at an enlarged face counts as seeing a face.
_REFINE_SCORE = 0.25


class Analyser:
    """One profile's models, loaded. Not thread-safe: give each thread its own."""

    def __init__(
        self, detector: Detector, points: PointFinder, recogniser: Recogniser, liveness: LivenessModel | None = None
    ) -> None:
        self.recogniser = recogniser
        self._detector = detector
        self._points = points
        self._liveness = liveness

    @classmethod
    def load(cls, profile: Profile, registry: ModelRegistry) -> Analyser:
        """Load every model of ``profile``. Raises ModelError."""
        choice = profile.detector
        detector = load_detector(registry, choice.model, choice.score, choice.long_side)
        if choice.columns * choice.rows > 1:
            detector = TiledDetector(detector, choice.columns, choice.rows)
        liveness: LivenessModel | None = None
        if profile.liveness:
            spec = registry.spec(profile.liveness, ModelKind.LIVENESS)
            liveness = MiniFasNet(registry.path(spec), spec)
        points = _load_points(profile, registry, detector.gives_points)
        return cls(detector, points, load_recogniser(profile, registry), liveness)

    def detect(self, picture: Picture) -> list[Detection]:
        """Return the faces of a BGR picture, best first."""
        return self._detector.detect(picture)

    def describe(self, picture: Picture, detection: Detection, embed: bool = True) -> Face:
        """Return the analysed face of one detection; without a template unless ``embed``."""
        points = self._points.find(picture, detection)
        usual = align(picture, points)
        quality = assess(points, usual)
        square = self.recogniser.square
        return Face(
            box=detection.box,
            score=detection.score,
            points=points,
            quality=quality.overall,
            reasons=quality.components(),
            template=self.recogniser.embed(usual if square == USUAL else align(picture, points, square))
            if embed
            else None,
            liveness=self.liveness(picture, detection),
        )

    def liveness(self, picture: Picture, detection: Detection) -> float | None:
        """Return how alive a detected face looks, in [0, 1], or None where the profile does not ask."""
        return self._liveness.score(picture, detection.box) if self._liveness else None

    def analyse(self, picture: Picture, limit: int = 0) -> list[Face]:
        """Return all faces of a BGR picture, largest first, the ``limit`` largest where it is not 0."""
        found = sorted(self.detect(picture), key=lambda detection: -detection.box.area)
        return [self.describe(picture, detection) for detection in found[: limit or None]]


def load_recogniser(profile: Profile, registry: ModelRegistry) -> Recogniser:
    """Return the profile's recogniser: single or fused, with or without flip averaging."""
    parts: list[tuple[Recogniser, float]] = []
    for choice in profile.recognisers:
        spec = registry.spec(choice.model, ModelKind.RECOGNISER)
        network: Recogniser = NetworkRecogniser(registry.path(spec), spec)
        parts.append((FlipAveraging(network) if profile.flip else network, choice.weight))
    if len(parts) == 1 and math.isfinite(parts[0][1]):
        return parts[0][0]
    return Fusion(parts)


def _load_points(profile: Profile, registry: ModelRegistry, detector_gives_points: bool) -> PointFinder:
    finder: PointFinder = DetectorPoints()
    if profile.landmarks.model:
        spec = registry.spec(profile.landmarks.model, ModelKind.LANDMARKS)
        finder = Landmarks68(registry.path(spec), spec)
    elif not detector_gives_points:
        raise ModelError(
            f"profile '{profile.name}': detector '{profile.detector.model}' gives no points",
            hint="name a model under 'landmarks', such as {model: landmarks-68}",
        )
    if profile.landmarks.refine:
        second = load_detector(registry, profile.landmarks.refine, _REFINE_SCORE)
        if not second.gives_points:
            raise ModelError(
                f"profile '{profile.name}': '{profile.landmarks.refine}' gives no points to refine with",
                hint="name a detector with points under 'refine', such as centerface",
            )
        finder = RefinedPoints(second, finder)
    return finder
