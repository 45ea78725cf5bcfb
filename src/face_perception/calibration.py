# SPDX-License-Identifier: Apache-2.0
"""From "how many strangers may be named" to the cosine that keeps that promise.

A calibration holds, for one recogniser, the scores that different people reached in an evaluation, as quantiles of the
false match rate per comparison. For a list of n people and a false positive rate f per stranger the rate allowed per
comparison is 1 - (1 - f)^(1/n).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from face_perception.errors import CalibrationError
from ronda_core.parameters import check_keys

_KEYS = ("recogniser", "source", "comparisons", "people", "quantiles")
_LOWEST_RATE = 1e-9


@dataclass(frozen=True, slots=True)
class Calibration:
    """``quantiles`` maps false match rates per comparison to cosines; rates below 1/comparisons are extrapolated."""

    recogniser: str
    source: str
    comparisons: int
    people: int
    quantiles: tuple[tuple[float, float], ...]

    def threshold(self, false_positive_rate: float, list_size: int) -> float:
        """Return the cosine that a stranger exceeds against a list of ``list_size`` with the given probability.

        Between the measured rates the cosine is interpolated over log10 of the rate, below the lowest one extended
        on the last segment's slope (impostor tails fall at least exponentially). Raises CalibrationError for a rate
        outside (0, 1).
        """
        if not 0 < false_positive_rate < 1:
            raise CalibrationError(
                f"false positive rate {false_positive_rate} is no probability between 0 and 1",
                hint="0.001 lets one stranger in a thousand be named",
            )
        return self.cosine(float(-np.expm1(np.log1p(-false_positive_rate) / max(1, list_size))))

    def cosine(self, false_match_rate: float) -> float:
        """Return the cosine that a comparison of two different people exceeds at that rate."""
        wanted = np.log10(max(false_match_rate, _LOWEST_RATE))
        rates = np.log10([rate for rate, _ in self.quantiles])
        scores = np.array([score for _, score in self.quantiles])
        if wanted < rates[0]:
            slope = (scores[1] - scores[0]) / (rates[1] - rates[0])
            return float(min(0.999, scores[0] + slope * (wanted - rates[0])))
        return float(np.interp(wanted, rates, scores))

    @property
    def spread(self) -> float:
        """How far this recogniser's cosines of different people reach: the unit of margins between them."""
        return self.cosine(1e-4) - self.cosine(1e-1)

    def to_data(self) -> dict[str, Any]:
        """Return what a calibration file holds."""
        return {
            "recogniser": self.recogniser,
            "source": self.source,
            "comparisons": self.comparisons,
            "people": self.people,
            "quantiles": {f"{rate:.0e}": round(score, 4) for rate, score in self.quantiles},
        }


def from_scores(recogniser: str, source: str, scores: NDArray[np.float32], people: int) -> Calibration:
    """Return the calibration of impostor scores, one per comparison of two different people.

    Raises CalibrationError for fewer than 1,000 comparisons.
    """
    if scores.size < 1000:
        raise CalibrationError(
            f"{scores.size} comparisons of different people are too few for a calibration, 1000 are needed",
            hint="add pictures of more people",
        )
    ordered = np.sort(scores)[::-1]
    rates = [rate for rate in (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1) if rate * scores.size >= 10]
    quantiles = tuple((rate, float(ordered[int(rate * scores.size)])) for rate in rates)
    return Calibration(recogniser, source, int(scores.size), people, quantiles)


def load_calibration(recogniser: str, file: Path | None = None) -> Calibration:
    """Return the calibration of a recogniser identity from ``file`` or the built-in ones. Raises CalibrationError."""
    where = str(file) if file else "calibration.yaml"
    try:
        text = file.read_text("utf-8") if file else (resources.files(__package__) / where).read_text("utf-8")
        entries = [_parse(entry, where) for entry in yaml.safe_load(text) or []]
    except (OSError, yaml.YAMLError, TypeError, ValueError) as error:
        raise CalibrationError(
            f"calibration file {where} cannot be used: {error}", hint="run 'ronda faces calibrate'"
        ) from error
    for entry in entries:
        if entry.recogniser == recogniser:
            return entry
    raise CalibrationError(
        f"{where} has no calibration for the recogniser {recogniser}",
        hint="run 'ronda faces calibrate --images DIR' with pictures of many people",
    )


def dump(calibrations: Iterable[Calibration]) -> str:
    """Return the text of a calibration file."""
    return yaml.safe_dump([entry.to_data() for entry in calibrations], sort_keys=False, width=120)


def _parse(entry: Mapping[str, Any], where: str) -> Calibration:
    entry = check_keys(entry, _KEYS, where)
    quantiles = tuple(sorted((float(rate), float(score)) for rate, score in entry["quantiles"].items()))
    if len(quantiles) < 2:
        raise ValueError("at least two quantiles are needed")
    return Calibration(
        str(entry["recogniser"]), str(entry["source"]), int(entry["comparisons"]), int(entry["people"]), quantiles
    )
