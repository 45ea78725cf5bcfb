# SPDX-License-Identifier: Apache-2.0
"""A picture sheet of the plates that were read worst."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from parking_robot.errors import PlateError
from parking_robot.plates.evaluation import Outcome, load_picture
from parking_robot.plates.geometry import Picture

TILE = (260, 150)
ACROSS = 4


def write_sheet(path: Path, outcomes: Sequence[Outcome], images: Path, most: int = 24) -> None:
    """Write the pictures around the plates with the most wrong characters. Raises PlateError."""
    wrong = sorted((outcome for outcome in outcomes if outcome.edits), key=lambda outcome: -outcome.edits)[:most]
    tiles = [_tile(load_picture(images / outcome.truth.image), outcome) for outcome in wrong]
    blank = np.full((TILE[1], TILE[0], 3), 255, np.uint8)
    tiles += [blank] * (-len(tiles) % ACROSS or (ACROSS if not tiles else 0))
    rows = [np.hstack(tiles[i : i + ACROSS]) for i in range(0, len(tiles), ACROSS)]
    if not cv2.imwrite(str(path), np.vstack(rows)):
        raise PlateError(f"{path} cannot be written", hint="name a .png or .jpg file in a folder that exists")


def _tile(picture: Picture, outcome: Outcome) -> Picture:
    box = outcome.truth.box
    margin = box.width * 0.4
    top, left = max(0, int(box.y - margin)), max(0, int(box.x - margin))
    part = picture[top : int(box.y + box.height + margin), left : int(box.x + box.width + margin)]
    tile = np.full((TILE[1], TILE[0], 3), 255, np.uint8)
    if part.size:
        tile[34:] = cv2.resize(part, (TILE[0], TILE[1] - 34))
    lines = (
        f"{outcome.truth.image} overlap {outcome.overlap:.2f}",
        f"{outcome.truth.plate} read {outcome.text or '-'}",
    )
    for row, line in enumerate(lines):
        cv2.putText(tile, line, (3, 13 + 16 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (0, 0, 0), 1)
    return tile
