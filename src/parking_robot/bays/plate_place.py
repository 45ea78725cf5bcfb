# SPDX-License-Identifier: Apache-2.0
"""Where a plate hangs, from its corners: pinhole camera, optical frame (x right, y down, z forward)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from face_perception.ranging import Intrinsics
from parking_robot.plates.geometry import Quad, sides

# Width and height in metres, as the countries prescribe them for cars: 520 x 110 mm in Europe and Korea, 12 x 6 inches
# in the US, 400 x 130 mm in Brazil, 440 x 140 mm in China.
EUROPEAN = (0.52, 0.11)
SIZES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"US": (0.305, 0.152), "BR": (0.40, 0.13), "CN": (0.44, 0.14)}
)
TURNED_BELOW = 0.85
"""Below this share of the range by width, the range by height is taken: the plate is seen from the side."""


def locate_plate(corners: Quad, region: str, camera: Intrinsics) -> tuple[float, float, float]:
    """Return the plate's centre in metres.

    The range follows from the width, which has the most pixels; a plate that is seen from the side looks narrow, and
    then its height, which a turn about the vertical leaves alone, says how far away it is.
    """
    width, height = SIZES.get(region.partition("-")[0], EUROPEAN)
    across, down = sides(corners)
    by_width = camera.fx * width / max(across, 1.0)
    by_height = camera.fy * height / max(down, 1.0)
    depth = by_height if by_height < TURNED_BELOW * by_width else by_width
    u, v = (float(value) for value in corners.mean(axis=0))
    return (u - camera.cx) / camera.fx * depth, (v - camera.cy) / camera.fy * depth, depth
