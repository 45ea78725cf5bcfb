# SPDX-License-Identifier: Apache-2.0
"""An occupancy grid in the map frame."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

UNKNOWN = -1
FREE = 0
OCCUPIED = 100
OCCUPIED_FROM = 65  # as Nav2's default occupied_thresh of 0.65


@dataclass(frozen=True, eq=False)
class GridMap:
    """Occupancy of the floor, as in nav_msgs/OccupancyGrid.

    `cells` is (rows, columns) int8 with -1 unknown and 0 (free) to 100 (occupied). Row 0 is the lowest y, column 0 the
    lowest x. `origin_x`, `origin_y` are the map coordinates in metres of the outer corner of cell (0, 0).
    """

    cells: NDArray[np.int8]
    resolution: float
    origin_x: float = 0.0
    origin_y: float = 0.0

    def __post_init__(self) -> None:
        if self.cells.ndim != 2 or self.cells.dtype != np.int8 or self.cells.size == 0:
            raise ValueError(f"cells must be a filled 2-D int8 array, not {self.cells.shape} {self.cells.dtype}")
        if not self.resolution > 0.0:
            raise ValueError(f"resolution must be positive, not {self.resolution}")

    @property
    def rows(self) -> int:
        """Number of cells in y."""
        return int(self.cells.shape[0])

    @property
    def columns(self) -> int:
        """Number of cells in x."""
        return int(self.cells.shape[1])

    @cached_property
    def occupied(self) -> NDArray[np.bool_]:
        """True where something stands; (rows, columns)."""
        return self.cells >= OCCUPIED_FROM

    @cached_property
    def free(self) -> NDArray[np.bool_]:
        """True where the floor is known to be free; (rows, columns)."""
        return (self.cells >= 0) & ~self.occupied

    def to_cell(self, x: float, y: float) -> tuple[int, int]:
        """(row, column) of the cell that holds the point; may lie outside the grid."""
        return (
            int(np.floor((y - self.origin_y) / self.resolution)),
            int(np.floor((x - self.origin_x) / self.resolution)),
        )

    def to_cells(self, points: NDArray[np.float64]) -> NDArray[np.int64]:
        """(N, 2) rows and columns of (N, 2) points x, y in metres; may lie outside the grid."""
        scaled = (points - (self.origin_x, self.origin_y)) / self.resolution
        return np.floor(scaled[:, ::-1]).astype(np.int64)

    def to_points(self, cells: NDArray[np.integer]) -> NDArray[np.float64]:
        """(N, 2) x, y of the centres of (N, 2) cells given as row, column."""
        flipped = (cells[:, ::-1].astype(np.float64) + 0.5) * self.resolution
        return flipped + np.array([self.origin_x, self.origin_y])

    def inside(self, row: int, column: int) -> bool:
        """Whether the cell belongs to the grid."""
        return 0 <= row < self.rows and 0 <= column < self.columns

    def contains(self, x: float, y: float) -> bool:
        """Whether the point lies on the grid."""
        return self.inside(*self.to_cell(x, y))
