# SPDX-License-Identifier: Apache-2.0
"""Verification on pairs and open-set search against a gallery, on pictures of people never enrolled anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from face_perception.calibration import Calibration, from_scores
from face_perception.errors import EvaluationError
from face_perception.faces import Template
from face_perception.metrics import area_under_curve, fnir_at_fpir, fold_accuracy, rate, tar_at_far
from face_perception.picture_folder import Pair

Templates = Mapping[Path, Template]


def pair_scores(pairs: Sequence[Pair], templates: Templates) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return scores, same-person flags and folds. A pair with a picture without template scores -1."""
    scores = [
        float(templates[pair.first] @ templates[pair.second])
        if pair.first in templates and pair.second in templates
        else -1.0
        for pair in pairs
    ]
    flags = np.array([pair.same for pair in pairs])
    return np.array(scores, np.float32), flags, np.array([pair.fold for pair in pairs])


def verify(pairs: Sequence[Pair], templates: Templates) -> dict[str, Any]:
    """Return LFW's figures, failures counted as rejections."""
    scores, same, folds = pair_scores(pairs, templates)
    accuracy, deviation = fold_accuracy(scores, same, folds)
    missing = {path for pair in pairs for path in (pair.first, pair.second)} - templates.keys()
    return {
        "accuracy": round(accuracy, 5),
        "accuracy_std": round(deviation, 5),
        "tar_at_far_1e-2": round(tar_at_far(scores, same, 1e-2)[0], 5),
        "tar_at_far_1e-3": round(tar_at_far(scores, same, 1e-3)[0], 5),
        "auc": round(area_under_curve(scores, same), 6),
        "pairs": len(pairs),
        "failures_to_enrol": len(missing),
    }


def search_open_set(
    people: Mapping[str, Sequence[Path]], templates: Templates, gallery_size: int, seeds: int
) -> dict[str, Any]:
    """Return rank-1 and FNIR at two FPIRs against galleries of ``gallery_size`` people.

    Each seed draws the enrolled people anew (one picture each); their other pictures are mated searches, and one
    picture of each person left over is a search for a stranger. When fewer people have two pictures than the gallery
    holds, people with one picture fill it up. Pictures without a found face count as misses of mated searches.

    Raises EvaluationError when the folder has too few people.
    """
    several = [name for name, pictures in people.items() if len(pictures) > 1]
    strangers = len(people) - gallery_size
    if not several or strangers < 50:
        raise EvaluationError(
            f"{len(people)} people ({len(several)} with two pictures) are too few for a gallery of {gallery_size}",
            hint="use a smaller --gallery-size, or pictures of more people: at least 50 must stay strangers",
        )
    mated, correct, nonmated = [], [], []
    lost = 0
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        order = [*rng.permutation(several), *rng.permutation([name for name in people if name not in set(several)])]
        # Half of those with several pictures stay strangers where there are enough others to fill the gallery.
        enrolled, outside = _split(order, len(several), gallery_size)
        gallery, owners, probes, foreign = [], [], [], []
        for name in enrolled:
            pictures = [people[name][index] for index in rng.permutation(len(people[name]))]
            if pictures[0] not in templates:
                lost += len(pictures) - 1
                continue
            owners.append(name)
            gallery.append(templates[pictures[0]])
            probes += [(name, path) for path in pictures[1:]]
        for name in outside:
            path = people[name][int(rng.integers(len(people[name])))]
            if path in templates:
                foreign.append(templates[path])
        matrix, names = np.stack(gallery), np.array(owners)
        found = [(name, templates[path]) for name, path in probes if path in templates]
        lost += len(probes) - len(found)
        scores = np.stack([template for _, template in found]) @ matrix.T
        mated.append(scores.max(1))
        correct.append(names[scores.argmax(1)] == np.array([name for name, _ in found]))
        nonmated.append((np.stack(foreign) @ matrix.T).max(1))
    best, right, strange = np.concatenate(mated), np.concatenate(correct), np.concatenate(nonmated)
    searches = best.size + lost
    result: dict[str, Any] = {"rank1": round(float(right.sum()) / searches, 5)}
    for fpir in (0.01, 0.003):
        misses, threshold = fnir_at_fpir(best, right, strange, fpir)
        # Seeds repeat the same people: the interval counts each search once.
        independent = max(1, searches // seeds)
        result[f"fnir_at_fpir_{fpir}"] = rate(round((misses + lost) / seeds), independent).to_data() | {
            "value": round((misses + lost) / searches, 5),
            "threshold": round(threshold, 4),
        }
    return result | {
        "gallery_size": gallery_size,
        "seeds": seeds,
        "mated_searches": int(searches),
        "nonmated_searches": int(strange.size),
        "strangers": strangers,
    }


def calibrate(recogniser: str, people: Mapping[str, Sequence[Path]], templates: Templates, source: str) -> Calibration:
    """Return the calibration from all comparisons of different people's pictures."""
    owners, rows = [], []
    for name, pictures in people.items():
        for path in pictures:
            if path in templates:
                owners.append(name)
                rows.append(templates[path])
    matrix, names = np.stack(rows), np.array(owners)
    scores = []
    for index in range(1, len(rows)):
        others = names[:index] != names[index]
        scores.append((matrix[:index] @ matrix[index])[others])
    return from_scores(recogniser, source, np.concatenate(scores), len(set(owners)))


def _split(order: list[str], several: int, gallery_size: int) -> tuple[list[str], list[str]]:
    with_more, with_one = order[:several], order[several:]
    half = max(several // 2, gallery_size - len(with_one))
    inside = with_more[: min(half, gallery_size)]
    fill = with_one[: gallery_size - len(inside)]
    return inside + fill, with_more[len(inside) :] + with_one[len(fill) :]
