# SPDX-License-Identifier: Apache-2.0
"""Measure the chain on labelled pictures."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from parking_robot.errors import PlateError
from parking_robot.plates.alphabet import fold, normalise
from parking_robot.plates.chain import PlateChain, PlateReading
from parking_robot.plates.distance import edits
from parking_robot.plates.formats import builtin_formats
from parking_robot.plates.geometry import Box, Picture, box_of

COLUMNS = ("image", "region", "plate", "x", "y", "width", "height")
FOUND_OVERLAP = 0.3


@dataclass(frozen=True, slots=True)
class Truth:
    """One labelled picture; ``box`` in pixels."""

    image: str
    region: str
    plate: str
    box: Box


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the chain made of one picture. ``overlap`` is the best find's with the truth's box."""

    truth: Truth
    text: str
    rule: str
    overlap: float
    milliseconds: float

    @property
    def edits(self) -> int:
        return edits(self.text, self.truth.plate)


def load_truth(path: Path) -> list[Truth]:
    """Read a truth file. Raises PlateError naming the line."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PlateError(f"truth file {path} cannot be read: {error}", hint="check the path") from error
    truths = []
    for number, row in enumerate(rows, 2):
        if missing := [column for column in COLUMNS if not row.get(column)]:
            raise PlateError(f"{path}, line {number}: column '{missing[0]}' is missing", hint=",".join(COLUMNS))
        try:
            box = Box(*(float(row[column]) for column in COLUMNS[3:]))
        except ValueError as error:
            raise PlateError(f"{path}, line {number}: {error}", hint="x, y, width, height are pixels") from error
        truths.append(Truth(row["image"], row["region"], normalise(row["plate"]), box))
    if not truths:
        raise PlateError(f"{path} has no rows", hint=",".join(COLUMNS))
    return truths


def load_picture(path: Path) -> Picture:
    """Return a picture as BGR. Raises PlateError when it cannot be read."""
    try:
        picture = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR) if path.is_file() else None
    except (OSError, cv2.error):
        picture = None
    if picture is None:
        raise PlateError(f"{path} is no readable picture", hint="JPEG, PNG and WebP are read")
    return np.asarray(picture, np.uint8)


def evaluate(
    chain: PlateChain,
    truths: Sequence[Truth],
    images: Path,
    timer: Callable[[], float],
    with_regions: bool = False,
    progress: Callable[[Outcome], None] = lambda outcome: None,
) -> list[Outcome]:
    """Read each picture. ``timer`` returns seconds; ``with_regions`` tells the chain each picture's region."""
    outcomes = []
    for truth in truths:
        picture = load_picture(images / truth.image)
        begun = timer()
        readings = chain.read(picture, region_priors(truth.region) if with_regions else None)
        spent = (timer() - begun) * 1e3
        best = _best(readings)
        overlap = max((box_of(reading.corners).overlap(truth.box) for reading in readings), default=0.0)
        text, rule = (best.decoded.text, best.decoded.rule) if best else ("", "")
        outcomes.append(Outcome(truth, text, rule, overlap, spent))
        progress(outcomes[-1])
    return outcomes


def region_priors(region: str) -> dict[str, float]:
    """Return the countries of a truth file's region: a country's code, or ``eu`` for all others."""
    code = region.upper()
    if code in builtin_formats():
        return {code: 1.0}
    apart = {"US", "BR", "CN", "KR"}
    return {country: 1.0 for country in builtin_formats() if country not in apart}


def summary(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return the figures as a JSON object, over all and by region."""
    regions = sorted({outcome.truth.region for outcome in outcomes})
    spent = [outcome.milliseconds for outcome in outcomes]
    return {
        **_rates(outcomes),
        "ms_per_frame": {
            "p50": round(float(np.percentile(spent, 50)), 2),
            "p95": round(float(np.percentile(spent, 95)), 2),
        },
        "by_region": {
            region: _rates([outcome for outcome in outcomes if outcome.truth.region == region]) for region in regions
        },
    }


def _rates(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    def rate(hits: Iterable[bool]) -> float:
        return round(sum(hits) / len(outcomes), 4)

    return {
        "images": len(outcomes),
        "exact_match": rate(outcome.edits == 0 for outcome in outcomes),
        "within_one": rate(outcome.edits <= 1 for outcome in outcomes),
        "folded_match": rate(fold(outcome.text) == fold(outcome.truth.plate) for outcome in outcomes),
        "detection_rate": rate(outcome.overlap >= FOUND_OVERLAP for outcome in outcomes),
        "mean_overlap": round(sum(outcome.overlap for outcome in outcomes) / len(outcomes), 4),
    }


def _best(readings: Sequence[PlateReading]) -> PlateReading | None:
    """Return the plate that a gate would take: the first with something to read."""
    return next((reading for reading in readings if reading.decoded.text), None)
