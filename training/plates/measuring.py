# SPDX-License-Identifier: Apache-2.0
"""What the measurements on drawn plates share: show one plate to the whole chain, count what it read."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from parking_robot.plates.chain import PlateReading
from parking_robot.plates.distance import edits
from parking_robot.plates.evaluation import FOUND_OVERLAP
from parking_robot.plates.geometry import box_of
from training.plates.drawing import Drawn
from training.plates.scenes import Placed, compose

SIZE = (480, 640)
WIDTHS = (90.0, 220.0)


@dataclass(frozen=True)
class Seen:
    """One plate: what it says, what was read, whether it was found at all."""

    plate: str
    text: str
    found: bool


def scene(rng: random.Random, plate: Drawn, photographs: Sequence[np.ndarray] = ()) -> tuple[np.ndarray, Placed]:
    """Return a picture with the plate, in perspective over one of the photographs or on a drawn ground."""
    picture, placed = compose(rng, photographs or [ground(rng)], [plate], SIZE, WIDTHS, 1, spread=0.5)
    return picture, placed[0]


def ground(rng: random.Random) -> np.ndarray:
    """Return a blurred noisy ground in the colours of walls and cars."""
    coarse = np.random.default_rng(rng.getrandbits(32)).integers(30, 200, (10, 14, 3), np.uint8)
    return cv2.resize(coarse, (900, 700), interpolation=cv2.INTER_CUBIC)


def seen(readings: Sequence[PlateReading], placed: Placed) -> Seen:
    """Judge what the chain made of a picture: the first plate with something to read counts, as at a gate."""
    text = next((reading.decoded.text for reading in readings if reading.decoded.text), "")
    box = box_of(placed.plate)
    found = any(box_of(reading.corners).overlap(box) >= FOUND_OVERLAP for reading in readings)
    return Seen(placed.characters, text, found)


def figures(rows: Sequence[Seen], right: Mapping[str, Callable[[Seen], bool]]) -> dict[str, float]:
    """Return the shares of plates read, those of ``right`` (a name and a test) included."""

    def share(test: Callable[[Seen], bool]) -> float:
        return round(sum(test(row) for row in rows) / len(rows), 3)

    return {
        "plates": len(rows),
        "exact": share(lambda row: row.text == row.plate),
        "within_one": share(lambda row: edits(row.text, row.plate) <= 1),
        **{name: share(test) for name, test in right.items()},
        "found": share(lambda row: row.found),
    }
