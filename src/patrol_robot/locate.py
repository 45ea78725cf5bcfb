# SPDX-License-Identifier: Apache-2.0
"""Where on the map something was that the camera saw."""

import math
from dataclasses import dataclass

import numpy as np

from patrol_robot.incidents import Place
from ronda_core.errors import TransformError
from ronda_core.transforms import Matrix, TransformBuffer

Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Locator:
    """Turns points of a sensor's frame into places on the map."""

    buffer: TransformBuffer
    map_frame: str = "map"
    odom_frame: str = "odom"
    base_frame: str = "base_footprint"

    def place(self, frame: str, stamp_s: float, point: Point | None) -> Place:
        """The place of `point` (metres in `frame`) and of the robot at that time; None where the frames do not say."""
        return Place(
            person=self._to_map(frame, stamp_s, point) if point is not None else None,
            robot=self._robot(stamp_s),
            frame=self.map_frame,
        )

    def _to_map(self, frame: str, stamp_s: float, point: Point) -> Point | None:
        matrix = self._matrix(frame, stamp_s)
        if matrix is None or not all(math.isfinite(value) for value in point):
            return None
        x, y, z, _ = matrix @ np.array([*point, 1.0])
        return float(x), float(y), float(z)

    def _robot(self, stamp_s: float) -> Point | None:
        matrix = self._matrix(self.base_frame, stamp_s)
        if matrix is None:
            return None
        return float(matrix[0, 3]), float(matrix[1, 3]), math.atan2(matrix[1, 0], matrix[0, 0])

    def _matrix(self, frame: str, stamp_s: float) -> Matrix | None:
        """The frame in the map at `stamp_s`; where that is not known yet, with the newest correction of the map.

        The localisation may be a few hundred milliseconds behind the picture. An alert must not wait for it, and its
        correction moves by centimetres in that time, while odometry at the picture's own time is there already.
        """
        for map_stamp, odom_stamp in ((stamp_s, stamp_s), (None, stamp_s), (None, None)):
            try:
                to_map = self.buffer.lookup(self.map_frame, self.odom_frame, map_stamp)
                to_odom = self.buffer.lookup(self.odom_frame, frame, odom_stamp)
            except TransformError:
                continue
            return to_map @ to_odom
        return None
