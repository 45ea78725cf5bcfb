# SPDX-License-Identifier: Apache-2.0
"""The map as a picture, and places on it in pixels."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

WALL = (52, 58, 64)
FREE = (252, 250, 248)
UNKNOWN = (228, 224, 220)


@dataclass(frozen=True, slots=True)
class MapPicture:
    """A map as PNG; row 0 of the picture is the largest y. `scale` is pixels per metre."""

    png: bytes
    width: int
    height: int
    scale: float
    origin_x: float
    origin_y: float

    def pixel(self, x: float, y: float) -> tuple[float, float]:
        """Column and row of a place in metres of the map frame."""
        return (x - self.origin_x) * self.scale, self.height - (y - self.origin_y) * self.scale


def map_picture(cells: NDArray[np.int8], resolution: float, origin_x: float, origin_y: float) -> MapPicture:
    """Draw an occupancy grid (rows from the lowest y, percent, -1 unknown), one pixel a cell."""
    picture = np.full((*cells.shape, 3), FREE, np.uint8)
    picture[cells < 0] = UNKNOWN
    picture[cells >= 50] = WALL
    _, data = cv2.imencode(".png", np.ascontiguousarray(picture[::-1]))
    rows, columns = cells.shape
    return MapPicture(data.tobytes(), columns, rows, 1.0 / resolution, origin_x, origin_y)
