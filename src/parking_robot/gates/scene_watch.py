# SPDX-License-Identifier: Apache-2.0
"""Whether a picture is worth reading: an empty lane looks the same picture after picture, and need not be read."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from parking_robot.plates.geometry import Picture

_SIZE = (64, 48)
# Grey levels by which a cell of the thumbnail must differ from what was read last, and how many cells.
_DIFFERENT, _CELLS = 12.0, 6


class SceneWatch:
    """Remembers a thumbnail of the last picture that was read and held no plate at the gate."""

    def __init__(self, look_again_s: float = 2.0) -> None:
        self._look_again_s = look_again_s
        self._empty: NDArray[np.float32] | None = None
        self._read_at = 0.0

    def worth(self, picture: Picture, now: float) -> bool:
        """Return whether the picture differs from the last one without a plate, or that is `look_again_s` ago."""
        if self._empty is None or now - self._read_at >= self._look_again_s:
            return True
        changed = np.abs(_thumbnail(picture) - self._empty) > _DIFFERENT
        return int(changed.sum()) >= _CELLS

    def was_read(self, picture: Picture, plate_at_gate: bool, now: float) -> None:
        """Tell what reading the picture gave."""
        self._read_at = now
        self._empty = None if plate_at_gate else _thumbnail(picture)


def _thumbnail(picture: Picture) -> NDArray[np.float32]:
    small = cv2.resize(picture, _SIZE, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.float32)
