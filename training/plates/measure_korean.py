# SPDX-License-Identifier: Apache-2.0
"""Measure the whole chain on drawn Korean plates, their syllables in typefaces that training did not see.

    PYTHONPATH=src:. python -m training.plates.measure_korean --count 200

The plates are those of `drawing.py` (their digits are in typefaces of the training), in perspective on a plain noisy
ground, 90 to 220 pixels wide. Needs the environment of Ronda and the typefaces of `syllables.py`.
"""

from __future__ import annotations

import argparse
import json
import random

import cv2
import numpy as np

from parking_robot.plates.chain import PlateChain, load_settings
from parking_robot.plates.distance import edits
from training.plates import drawing
from training.plates.scenes import compose
from training.plates.syllables import KEPT_APART

SIZE = (480, 640)


def ground(rng: random.Random) -> np.ndarray:
    """Return a blurred noisy ground in the colours of walls and cars."""
    coarse = np.random.default_rng(rng.getrandbits(32)).integers(30, 200, (10, 14, 3), np.uint8)
    return cv2.resize(coarse, (900, 700), interpolation=cv2.INTER_CUBIC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    drawing.HANGUL_FACES = KEPT_APART
    rng = random.Random(options.seed)
    chain = PlateChain(load_settings())
    kinds = {"one_line": (3.5, 9.0), "short": (0.0, 3.5)}
    found: dict[str, list[tuple[int, int]]] = {kind: [] for kind in kinds}
    for _ in range(options.count):
        plate = drawing.draw_plate(rng, "KR")
        picture, placed = compose(rng, [ground(rng)], [plate], SIZE, (90.0, 220.0), 1, spread=0.5)
        (one,) = placed
        aspect = (plate.plate[1, 0] - plate.plate[0, 0]) / (plate.plate[2, 1] - plate.plate[1, 1])
        readings = chain.read(picture)
        text = next((reading.decoded.text for reading in readings if reading.decoded.text), "")
        digits = "".join(c for c in text if c.isdigit()) == "".join(c for c in one.characters if c.isdigit())
        kind = next(name for name, (low, high) in kinds.items() if low <= aspect < high)
        found[kind].append((edits(text, one.characters), int(digits)))
    figures = {
        kind: {
            "plates": len(rows),
            "exact": round(sum(e == 0 for e, _ in rows) / len(rows), 3),
            "within_one": round(sum(e <= 1 for e, _ in rows) / len(rows), 3),
            "digits_right": round(sum(d for _, d in rows) / len(rows), 3),
        }
        for kind, rows in found.items()
    }
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
