# SPDX-License-Identifier: Apache-2.0
"""A bay and the plan of a garage's bays: rectangles on the map."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray


class BayKind(StrEnum):
    GENERAL = "general"
    DISABLED = "disabled"
    EV = "ev"
    RESERVED = "reserved"
    KEEP_CLEAR = "keep_clear"


@dataclass(frozen=True, slots=True)
class Bay:
    """A rectangle: centre in metres of the map frame; its x axis, at ``yaw`` radians, points to the open end.

    ``allowed`` are plates (normalised) that may stand here whatever their class. ``longest_stay_s`` None: no limit.
    """

    id: str
    kind: BayKind
    x: float
    y: float
    yaw: float
    length: float
    width: float
    allowed: tuple[str, ...] = ()
    longest_stay_s: float | None = None

    def local(self, points: ArrayLike) -> NDArray[np.float64]:
        """Return (N, 2) points of the map frame in the bay's own axes."""
        moved = np.atleast_2d(np.asarray(points, np.float64)) - (self.x, self.y)
        cosine, sine = math.cos(self.yaw), math.sin(self.yaw)
        return np.column_stack([moved @ (cosine, sine), moved @ (-sine, cosine)])

    def outside_by(self, x: float, y: float) -> float:
        """Return how many metres a place lies beyond the bay's sides; 0 inside."""
        ((along, across),) = self.local((x, y))
        return math.hypot(max(abs(along) - self.length / 2, 0.0), max(abs(across) - self.width / 2, 0.0))

    def corners(self) -> NDArray[np.float64]:
        """Return the (4, 2) corners in the map frame, counter-clockwise from the right of the open end."""
        half = np.array([[1, -1], [1, 1], [-1, 1], [-1, -1]]) * (self.length / 2, self.width / 2)
        return self.to_map(half)

    def to_map(self, points: ArrayLike) -> NDArray[np.float64]:
        """Return (N, 2) points of the bay's own axes in the map frame."""
        own = np.atleast_2d(np.asarray(points, np.float64))
        cosine, sine = math.cos(self.yaw), math.sin(self.yaw)
        turned = np.column_stack([own @ (cosine, -sine), own @ (sine, cosine)])
        return np.asarray(turned + np.array([self.x, self.y]), np.float64)


@dataclass(frozen=True, slots=True)
class BayPlan:
    """All bays of a garage in order of their ids, and the places to be kept clear among them."""

    garage: str
    frame: str
    bays: tuple[Bay, ...]

    def bay_at(self, x: float, y: float, reach: float) -> Bay | None:
        """Return the bay that a place belongs to, at most ``reach`` metres beyond its sides; a real bay comes first."""
        near = [(bay.outside_by(x, y), bay.kind is BayKind.KEEP_CLEAR, bay) for bay in self.bays]
        inside = [entry for entry in near if entry[0] <= (0.0 if entry[1] else reach)]
        return min(inside, key=lambda entry: (entry[1], entry[0]))[2] if inside else None

    def bay(self, bay_id: str) -> Bay:
        """Return a bay by its id; KeyError for an unknown one."""
        return next(bay for bay in self.bays if bay.id == bay_id)
