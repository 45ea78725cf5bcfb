# SPDX-License-Identifier: Apache-2.0
"""Where the keep-out zones lie as seen from the robot: their edges as points, whether it stands inside one."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ronda_core.keep_out import KeepOutZone
from ronda_core.se2 import SE2

_SPACING = 0.05  # m between two points of an edge: below the margin at which the robot stands
_KEPT = 3.0  # s of odometry


@dataclass(frozen=True, slots=True, eq=False)
class KeepOutView:
    """`points` (n, 2): edges nearby, in base_footprint, metres. `inside`: the zone that the robot's centre is in.

    `known` is false while nobody says where the robot is on the map: then nothing can be said of the zones.
    """

    points: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)), repr=False)
    inside: str = ""
    known: bool = True


NO_ZONES = KeepOutView()


class KeepOutWatch:
    """Follows the pose on the map, carried on by the odometry since it was said. Stamps in seconds of the ROS clock."""

    def __init__(self, zones: Sequence[KeepOutZone], reach: float) -> None:
        """`reach`: metres around the robot in which edges matter."""
        self._zones, self._reach = tuple(zones), reach
        self._edges = np.vstack([zone.edge_points(_SPACING) for zone in zones]) if zones else np.empty((0, 2))
        self._odometry: deque[tuple[float, SE2]] = deque()
        self._map_to_odom: SE2 | None = None
        self._localised: bool | None = None

    def take_odometry(self, stamp: float, pose: SE2) -> None:
        """Take in the pose in the odometry's frame."""
        if self._odometry and stamp < self._odometry[-1][0]:
            self._odometry.clear()  # time began anew
        self._odometry.append((stamp, pose))
        while self._odometry and stamp - self._odometry[0][0] > _KEPT:
            self._odometry.popleft()

    def take_pose(self, stamp: float, pose: SE2) -> None:
        """Take in the pose on the map that the localisation found for the time `stamp`."""
        if self._odometry:
            then = min(self._odometry, key=lambda entry: abs(entry[0] - stamp))[1]
            self._map_to_odom = pose.compose(then.inverse())

    def take_localised(self, localised: bool) -> None:
        """Take in whether the localisation trusts its pose. Never called: every pose is trusted, as Nav2's are."""
        self._localised = localised

    def view(self) -> KeepOutView:
        """Return the zones as they lie around the robot now."""
        if not self._zones:
            return NO_ZONES
        if self._map_to_odom is None or not self._odometry or self._localised is False:
            return KeepOutView(known=False)
        pose = self._map_to_odom.compose(self._odometry[-1][1])
        inside = next((zone.name for zone in self._zones if zone.contains(pose.x, pose.y)), "")
        offsets = self._edges - (pose.x, pose.y)
        near = offsets[np.hypot(offsets[:, 0], offsets[:, 1]) < self._reach]
        c, s = math.cos(pose.yaw), math.sin(pose.yaw)
        return KeepOutView(near @ np.array([[c, -s], [s, c]]), inside)
