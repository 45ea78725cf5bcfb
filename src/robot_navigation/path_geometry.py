# SPDX-License-Identifier: Apache-2.0
"""Small geometry of paths: (N, 2) arrays of x, y in metres."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray


def path_length(points: NDArray[np.float64]) -> float:
    """Metres along the polyline."""
    if len(points) < 2:
        return 0.0
    return float(np.hypot(*np.diff(points, axis=0).T).sum())


def resample(points: NDArray[np.float64], spacing: float) -> NDArray[np.float64]:
    """The same polyline with points about `spacing` metres apart; all corners are kept."""
    if len(points) < 2:
        return points.copy()
    pieces = []
    for start, end in pairwise(points):
        count = max(1, int(np.ceil(np.hypot(*(end - start)) / spacing)))
        pieces.append(start + (end - start) * (np.arange(count) / count)[:, None])
    return np.vstack([*pieces, points[-1:]])


def nearest_index(points: NDArray[np.float64], x: float, y: float, first: int = 0, reach: float = np.inf) -> int:
    """Index of the point nearest to (x, y), looking from `first` on, no further than `reach` metres along the path."""
    rest = points[first:]
    if np.isfinite(reach):
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(rest, axis=0).T))])
        rest = rest[: max(1, int(np.searchsorted(along, reach, side="right")))]
    return first + int(np.argmin((rest[:, 0] - x) ** 2 + (rest[:, 1] - y) ** 2))


def point_ahead(points: NDArray[np.float64], first: int, distance: float) -> NDArray[np.float64]:
    """The point `distance` metres further along the path than index `first`; the end when the path is shorter."""
    rest = points[first:]
    if len(rest) < 2:
        return np.asarray(rest[-1])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(rest, axis=0).T))])
    return np.array([np.interp(distance, along, rest[:, 0]), np.interp(distance, along, rest[:, 1])])
