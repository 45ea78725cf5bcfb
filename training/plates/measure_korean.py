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

from parking_robot.plates.chain import PlateChain, load_settings
from training.plates import drawing
from training.plates.measuring import Seen, figures, scene, seen
from training.plates.syllables import KEPT_APART


def digits_right(row: Seen) -> bool:
    """Return whether all digits were read, and no other."""
    return [c for c in row.text if c.isdigit()] == [c for c in row.plate if c.isdigit()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    drawing.HANGUL_FACES = KEPT_APART
    rng = random.Random(options.seed)
    chain = PlateChain(load_settings())
    kinds = {"one_line": (3.5, 9.0), "short": (0.0, 3.5)}
    rows: dict[str, list[Seen]] = {kind: [] for kind in kinds}
    for _ in range(options.count):
        plate = drawing.draw_plate(rng, "KR")
        picture, placed = scene(rng, plate)
        aspect = (plate.plate[1, 0] - plate.plate[0, 0]) / (plate.plate[2, 1] - plate.plate[1, 1])
        kind = next(name for name, (low, high) in kinds.items() if low <= aspect < high)
        rows[kind].append(seen(chain.read(picture), placed))
    print(json.dumps({kind: figures(rows[kind], {"digits_right": digits_right}) for kind in kinds}, indent=2))


if __name__ == "__main__":
    main()
