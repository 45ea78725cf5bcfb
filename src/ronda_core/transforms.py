# SPDX-License-Identifier: Apache-2.0
"""A buffer of transforms between frames, after the idea of tf2: a tree of frames, each edge with a history in time."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from transforms3d.quaternions import quat2mat

from ronda_core.errors import TransformError

Matrix = NDArray[np.float64]


@dataclass(slots=True)
class _Edge:
    parent: str
    static: bool
    stamps: list[float] = field(default_factory=list)
    poses: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = field(default_factory=list)


def _matrix(translation: NDArray[np.float64], quaternion: NDArray[np.float64]) -> Matrix:
    matrix = np.eye(4)
    matrix[:3, :3] = quat2mat(np.roll(quaternion, 1))
    matrix[:3, 3] = translation
    return matrix


def _slerp(a: NDArray[np.float64], b: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """Spherical interpolation between unit quaternions (Shoemake 1985), the short way round."""
    cosine = float(a @ b)
    if cosine < 0.0:
        b, cosine = -b, -cosine
    if cosine > 0.9995:
        mixed = a + share * (b - a)
    else:
        angle = np.arccos(cosine)
        mixed = (np.sin((1 - share) * angle) * a + np.sin(share * angle) * b) / np.sin(angle)
    return np.asarray(mixed / np.linalg.norm(mixed), np.float64)


class TransformBuffer:
    """Holds the transforms of the last `seconds` and answers where a frame was at a time.

    :param seconds: how long a moving transform is remembered
    :param extrapolation: how far beyond the newest transform a question may reach, in seconds
    """

    def __init__(self, seconds: float = 10.0, extrapolation: float = 0.2) -> None:
        self._seconds = seconds
        self._extrapolation = extrapolation
        self._edges: dict[str, _Edge] = {}

    def set(
        self,
        parent: str,
        child: str,
        stamp: float,
        translation: Sequence[float],
        quaternion: Sequence[float],
        *,
        static: bool = False,
    ) -> None:
        """Remember the pose of `child` in `parent`: metres, and a quaternion (x, y, z, w)."""
        rotation = np.asarray(quaternion, np.float64)
        length = float(np.linalg.norm(rotation))
        if not np.isfinite(length) or abs(length - 1.0) > 1e-2 or not np.all(np.isfinite(translation)):
            raise TransformError(f"the transform from '{parent}' to '{child}' has no valid rotation or position")
        edge = self._edges.get(child)
        if edge is None or edge.parent != parent or edge.static != static:
            edge = self._edges[child] = _Edge(parent, static)
        pose = (np.asarray(translation, np.float64), rotation / length)
        if static:
            edge.stamps, edge.poses = [stamp], [pose]
            return
        if edge.stamps and stamp < edge.stamps[-1] - self._seconds:
            # Time went back (a simulation was restarted): what was remembered belongs to another life.
            edge.stamps, edge.poses = [], []
        index = bisect.bisect_left(edge.stamps, stamp)
        if index < len(edge.stamps) and edge.stamps[index] == stamp:
            edge.poses[index] = pose
        else:
            edge.stamps.insert(index, stamp)
            edge.poses.insert(index, pose)
        while edge.stamps[0] < edge.stamps[-1] - self._seconds:
            del edge.stamps[0], edge.poses[0]

    def frames(self) -> frozenset[str]:
        """Return the names of all known frames."""
        return frozenset(self._edges) | {edge.parent for edge in self._edges.values()}

    def lookup(self, target: str, source: str, stamp: float | None = None) -> Matrix:
        """Return the 4x4 matrix that takes points of `source` to `target` at `stamp` (None: the newest of each edge).

        Raises TransformError when the frames are unknown, unconnected, or not known at that time.
        """
        ancestors = self._ancestors(target)
        common = next((frame for frame in self._ancestors(source) if frame in ancestors), None)
        if common is None:
            known = ", ".join(sorted(self.frames())) or "none"
            raise TransformError(
                f"frames '{target}' and '{source}' are not connected", hint=f"frames that are known: {known}"
            )
        to_target, to_source = self._climb(target, common, stamp), self._climb(source, common, stamp)
        return np.asarray(np.linalg.inv(to_target) @ to_source, np.float64)

    def _ancestors(self, frame: str) -> list[str]:
        """Return `frame` and the frames above it, nearest first."""
        path = [frame]
        while (edge := self._edges.get(path[-1])) is not None:
            if edge.parent in path:
                raise TransformError(f"the frames form a circle at '{edge.parent}'")
            path.append(edge.parent)
        return path

    def _climb(self, frame: str, ancestor: str, stamp: float | None) -> Matrix:
        # Only as far as the frame that both have in common: what lies above it need not be known at that time.
        matrix = np.eye(4)
        while frame != ancestor:
            edge = self._edges[frame]
            matrix = self._at(frame, edge, stamp) @ matrix
            frame = edge.parent
        return matrix

    def _at(self, child: str, edge: _Edge, stamp: float | None) -> Matrix:
        if edge.static or stamp is None:
            return _matrix(*edge.poses[-1])
        index = bisect.bisect_left(edge.stamps, stamp)
        if index == len(edge.stamps):
            if stamp > edge.stamps[-1] + self._extrapolation:
                raise TransformError(
                    f"'{child}' in '{edge.parent}' is known until {edge.stamps[-1]:.3f} s, asked for {stamp:.3f} s"
                )
            return _matrix(*edge.poses[-1])
        if edge.stamps[index] == stamp:
            return _matrix(*edge.poses[index])
        if index == 0:
            raise TransformError(
                f"'{child}' in '{edge.parent}' is known from {edge.stamps[0]:.3f} s on, asked for {stamp:.3f} s"
            )
        before, after = edge.stamps[index - 1], edge.stamps[index]
        share = (stamp - before) / (after - before)
        (p0, q0), (p1, q1) = edge.poses[index - 1], edge.poses[index]
        return _matrix(p0 + share * (p1 - p0), _slerp(q0, q1, share))
