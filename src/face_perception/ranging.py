# SPDX-License-Identifier: Apache-2.0
"""Where a face is, from its width in the picture: pinhole camera, optical frame (x right, y down, z forward)."""

from __future__ import annotations

from dataclasses import dataclass

from face_perception.faces import Box

FACE_WIDTH_M = 0.16
"""Mean width of an adult's face with ears as detectors frame it; people vary by about 10 %, and so does the range."""


@dataclass(frozen=True, slots=True)
class Intrinsics:
    """Focal lengths and principal point in pixels, for an undistorted picture."""

    fx: float
    fy: float
    cx: float
    cy: float

    @classmethod
    def from_matrix(cls, k: list[float]) -> Intrinsics | None:
        """Return the intrinsics of a row-major 3x3 camera matrix, or None for an uncalibrated camera (zeros)."""
        return cls(k[0], k[4], k[2], k[5]) if len(k) == 9 and k[0] > 0 and k[4] > 0 else None


def locate(box: Box, camera: Intrinsics) -> tuple[float, float, float]:
    """Return the face's centre in metres (x right, y down, z forward)."""
    depth = camera.fx * FACE_WIDTH_M / max(box.width, 1.0)
    u, v = box.centre
    return (u - camera.cx) / camera.fx * depth, (v - camera.cy) / camera.fy * depth, depth
