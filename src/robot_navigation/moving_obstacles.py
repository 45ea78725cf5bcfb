# SPDX-License-Identifier: Apache-2.0
"""Finds the people who walk: clusters of scan points that the map does not show, followed from scan to scan."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass
class Track:
    """A cluster over time: its middle and its velocity in the odometry frame (m, m/s)."""

    centre: NDArray[np.float64]
    velocity: NDArray[np.float64]
    stamp: float
    age: int = 1


class MovingObstacles:
    """Gives each scan point a velocity. Alpha-beta filter per cluster; standing things come out with zero."""

    def __init__(
        self, *, cluster_gap: float = 0.3, match_within: float = 0.5, slowest: float = 0.25, fastest: float = 2.0
    ) -> None:
        """Metres and m/s: slower tracks count as standing, faster ones as mistaken."""
        self._gap = cluster_gap
        self._match = match_within
        self._slowest, self._fastest = slowest, fastest
        self._tracks: list[Track] = []

    def update(self, points: NDArray[np.float64], stamp: float) -> NDArray[np.float64]:
        """(N, 2) velocities in m/s of the (N, 2) unmapped `points`, both in the odometry frame."""
        velocities = np.zeros_like(points)
        tracks = []
        for members in _clusters(points, self._gap):
            group = points[members]
            # A person is small; a long cluster is an unmapped wall whose visible part changes as the robot moves.
            if np.ptp(group, axis=0).max() > 1.2:
                continue
            track = self._follow(group.mean(axis=0), stamp)
            tracks.append(track)
            speed = float(np.hypot(*track.velocity))
            if track.age >= 4 and self._slowest <= speed <= self._fastest:
                velocities[members] = track.velocity
        self._tracks = tracks + [old for old in self._tracks if stamp - old.stamp < 0.5 and not _taken(old, tracks)]
        return velocities

    def _follow(self, centre: NDArray[np.float64], stamp: float) -> Track:
        best, best_distance = None, self._match
        for track in self._tracks:
            gap = stamp - track.stamp
            if gap <= 0:
                continue
            distance = float(np.hypot(*(track.centre + track.velocity * gap - centre)))
            if distance < best_distance:
                best, best_distance = track, distance
        if best is None:
            return Track(centre, np.zeros(2), stamp)
        gap = stamp - best.stamp
        predicted = best.centre + best.velocity * gap
        residual = centre - predicted
        velocity = best.velocity + residual * (0.35 / gap)
        return Track(predicted + 0.7 * residual, velocity, stamp, best.age + 1)


def _taken(old: Track, tracks: list[Track]) -> bool:
    return any(np.hypot(*(old.centre - track.centre)) < 0.5 for track in tracks)


def _clusters(points: NDArray[np.float64], gap: float) -> list[NDArray[np.int64]]:
    """Indices of the points of each connected group, on a grid with cells of `gap` metres."""
    if not len(points):
        return []
    cells = np.floor((points - points.min(axis=0)) / gap).astype(np.int64)
    image = np.zeros(cells.max(axis=0) + 1, np.uint8)
    image[cells[:, 0], cells[:, 1]] = 1
    count, labels = cv2.connectedComponents(image, connectivity=8)
    of_point = labels[cells[:, 0], cells[:, 1]]
    return [np.nonzero(of_point == label)[0] for label in range(1, count)]
