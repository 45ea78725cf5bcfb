# SPDX-License-Identifier: Apache-2.0
"""Plates drawn once and used in many scenes: drawing is slower than composing."""

from __future__ import annotations

import pickle
import random
from pathlib import Path

from training.plates.drawing import Drawn, draw_plate


def pool(path: Path, count: int, seed: int, region: str | None = None) -> list[Drawn]:
    """Return ``count`` drawn plates; read from ``path`` (a file that this function wrote) when it is there."""
    if path.is_file():
        return pickle.loads(path.read_bytes())  # noqa: S301 (our own file, see above)
    rng = random.Random(seed)
    plates = [draw_plate(rng, region) for _ in range(count)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps(plates))
    return plates
