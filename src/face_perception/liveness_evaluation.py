# SPDX-License-Identifier: Apache-2.0
"""APCER and BPCER (ISO/IEC 30107-3) of a passive liveness measure, averaged over the views of each presentation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from face_perception.analyser import Analyser
from face_perception.enrolment import central_face
from face_perception.errors import EvaluationError, PictureError
from face_perception.faces import Box, Picture
from face_perception.landmarks import square_crop
from face_perception.metrics import rate
from face_perception.picture import SUFFIXES, encode_jpeg, read_picture
from face_perception.spoofs import ATTACKS, Attack, bona_fide

BONA_FIDE = "bona fide"
NOT_FOUND = float("nan")
THRESHOLDS = (0.3, 0.5, 0.7, 0.9)
_FACE_WIDTH, _SURROUNDINGS = 110, 3.2

Scores = dict[str, list[float]]


def pictures_in(folder: Path, limit: int) -> list[Path]:
    """Return at most ``limit`` pictures of a folder and its folders, spread evenly. Raises EvaluationError."""
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    if not found:
        raise EvaluationError(f"{folder} holds no pictures", hint="give photographs of faces with --images")
    chosen = np.linspace(0, len(found) - 1, min(limit, len(found))).round().astype(int)
    return [found[index] for index in chosen]


def present(
    analyser: Analyser,
    pictures: Sequence[Path],
    views: int,
    seed: int = 0,
    attacks: Mapping[str, Attack] = ATTACKS,
    progress: Callable[[int, int], None] | None = None,
) -> Scores:
    """Return for each kind of presentation the mean score of each picture; NaN where no view showed a face.

    Pictures without a face are left out. Raises EvaluationError when the profile has no liveness model.
    """
    scores: Scores = {kind: [] for kind in (BONA_FIDE, *attacks)}
    for number, path in enumerate(pictures):
        rng = np.random.default_rng([seed, number])
        try:
            picture = read_picture(path)
        except PictureError:
            continue
        scene = _scene(analyser, picture)
        if scene is not None:
            for kind, make in {BONA_FIDE: bona_fide, **attacks}.items():
                frames = (make(*scene, rng) for _ in range(views))
                seen = [score for frame in frames if (score := _score(analyser, frame)) is not None]
                scores[kind].append(float(np.mean(seen)) if seen else NOT_FOUND)
        if progress is not None:
            progress(number + 1, len(pictures))
    return scores


def write_samples(analyser: Analyser, pictures: Sequence[Path], folder: Path, seed: int = 0) -> None:
    """Write one frame of each kind, made of the first picture that shows a face, into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in pictures:
        scene = _scene(analyser, read_picture(path))
        if scene is None:
            continue
        for kind, make in {BONA_FIDE: bona_fide, **ATTACKS}.items():
            frame = make(*scene, np.random.default_rng(seed))
            (folder / f"{kind.replace(' ', '-')}.jpg").write_bytes(encode_jpeg(frame))
        return


def report(scores: Scores, thresholds: Sequence[float] = THRESHOLDS) -> dict[str, Any]:
    """Return error rates with 95 % intervals at each threshold; a score of the threshold or more passes as living.

    An attack whose face was not found is stopped: it counts as no error and is named in ``not_found``. A living face
    that was not found counts as an error.
    """
    real = np.array(scores[BONA_FIDE])
    if not real.size:
        raise EvaluationError("no picture shows a face", hint="give photographs of faces with --images")
    kinds = {kind: np.array(values) for kind, values in scores.items() if kind != BONA_FIDE}
    return {
        "pictures": int(real.size),
        "median_score": {kind: round(float(np.nanmedian(values)), 3) for kind, values in scores.items()},
        "not_found": {kind: int(np.isnan(values).sum()) for kind, values in scores.items()},
        "at_threshold": {
            f"{threshold:g}": {
                "bpcer": rate(int((~(real >= threshold)).sum()), real.size).to_data(),
                "apcer": {
                    kind: rate(int((values >= threshold).sum()), values.size).to_data()
                    for kind, values in kinds.items()
                },
            }
            for threshold in thresholds
        },
    }


def _scene(analyser: Analyser, picture: Picture) -> tuple[Picture, Box] | None:
    """Return the large central face with its surroundings, always :data:`_FACE_WIDTH` pixels wide, and its box."""
    found = central_face(analyser.detect(picture), picture)
    if found is None:
        return None
    scene, scale = square_crop(picture, found.box.grown(_SURROUNDINGS), round(_FACE_WIDTH * _SURROUNDINGS))
    x, y = scene.shape[1] / 2, scene.shape[0] / 2
    half_width, half_height = found.box.width * scale / 2, found.box.height * scale / 2
    return scene, Box(x - half_width, y - half_height, x + half_width, y + half_height)


def _score(analyser: Analyser, frame: Picture) -> float | None:
    found = central_face(analyser.detect(frame), frame)
    if found is None:
        return None
    score = analyser.liveness(frame, found)
    if score is None:
        raise EvaluationError(
            "the profile has no liveness model", hint="add 'liveness: liveness-minifasnet' to the profile"
        )
    return score
