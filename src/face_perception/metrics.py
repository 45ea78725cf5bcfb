# SPDX-License-Identifier: Apache-2.0
"""Figures of verification and open-set search, with the uncertainty that belongs to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its 95 % interval."""

    value: float
    low: float
    high: float

    def to_data(self) -> dict[str, float]:
        """Return the rate for a JSON file."""
        return {"value": round(self.value, 5), "low": round(self.low, 5), "high": round(self.high, 5)}


def rate(count: int, trials: int) -> Rate:
    """Return ``count / trials`` with Wilson's 95 % interval; a zero's upper end is the rule of three, 3 / trials."""
    if trials == 0:
        return Rate(float("nan"), 0.0, 1.0)
    z, share = 1.959964, count / trials
    centre = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z * np.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials)) / (1 + z * z / trials)
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    if count == 0:
        low, high = 0.0, min(1.0, 3 / trials)
    return Rate(share, float(low), float(high))


def tar_at_far(scores: Scores, same: Flags, far: float) -> tuple[float, float]:
    """Return (true accept rate, threshold) where the share ``far`` of different pairs is accepted at most."""
    impostors = np.sort(scores[~same])[::-1]
    allowed = int(far * impostors.size)
    threshold = float(impostors[min(allowed, impostors.size - 1)])
    return float((scores[same] > threshold).mean()), threshold


def area_under_curve(scores: Scores, same: Flags) -> float:
    """Return the probability that a pair of one person scores above a pair of two (ties count half)."""
    impostors = np.sort(scores[~same])
    genuine = scores[same]
    below = np.searchsorted(impostors, genuine, "left") + np.searchsorted(impostors, genuine, "right")
    return float(below.mean() / 2 / impostors.size)


def fold_accuracy(scores: Scores, same: Flags, folds: NDArray[np.int64]) -> tuple[float, float]:
    """Return mean and standard deviation over folds of the accuracy at the threshold best on the other folds."""
    accuracies = []
    for fold in np.unique(folds):
        train = folds != fold
        threshold = best_threshold(scores[train], same[train])
        accuracies.append(float(((scores[~train] >= threshold) == same[~train]).mean()))
    return float(np.mean(accuracies)), float(np.std(accuracies))


def best_threshold(scores: Scores, same: Flags) -> float:
    """Return the threshold with the most correct decisions."""
    values = np.unique(scores)
    candidates = np.concatenate([values[:1], (values[1:] + values[:-1]) / 2])
    genuine, impostors = np.sort(scores[same]), np.sort(scores[~same])
    right = genuine.size - np.searchsorted(genuine, candidates) + np.searchsorted(impostors, candidates)
    return float(candidates[int(np.argmax(right))])


def fnir_at_fpir(mated: Scores, correct: Flags, nonmated: Scores, fpir: float) -> tuple[int, float]:
    """Return (misses, threshold): mated searches whose own person is not first above the threshold at which the share
    ``fpir`` of strangers finds anybody.

    :param mated: best score of each search for an enrolled person, ``correct``: whether it was that person's
    :param nonmated: best score of each search for a stranger
    """
    ordered = np.sort(nonmated)[::-1]
    threshold = float(ordered[min(int(fpir * ordered.size), ordered.size - 1)])
    found = correct & (mated > threshold)
    return int((~found).sum()), threshold
