# SPDX-License-Identifier: Apache-2.0
"""Keep-out zones as a part of the map that is planned on: what stands there is not there, but the robot must not be."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from robot_navigation.grid import OCCUPIED, GridMap
from ronda_core.keep_out import KeepOutZone

_FRACTION_BITS = 4


def fenced(grid: GridMap, zones: Sequence[KeepOutZone]) -> GridMap:
    """Return the map with the zones' floor occupied."""
    if not zones:
        return grid
    marked = np.zeros(grid.cells.shape, np.uint8)
    for zone in zones:
        scaled = (zone.corners - (grid.origin_x, grid.origin_y)) / grid.resolution - 0.5
        corners = np.round(scaled * (1 << _FRACTION_BITS)).astype(np.int32)
        cv2.fillPoly(marked, [corners], 1, shift=_FRACTION_BITS)
    cells = grid.cells.copy()
    cells[marked.astype(bool)] = OCCUPIED
    return GridMap(cells, grid.resolution, grid.origin_x, grid.origin_y)
