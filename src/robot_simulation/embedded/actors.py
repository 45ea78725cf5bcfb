# SPDX-License-Identifier: Apache-2.0
"""Where a scripted actor is at a time: straight lines and even turns between the waypoints."""

from __future__ import annotations

import bisect

import numpy as np
from transforms3d.quaternions import quat2mat

from robot_simulation.embedded.poses import Pose, quaternion_wxyz
from robot_simulation.embedded.world import Actor


class Walk:
    """The script of one actor."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._times = [waypoint.time for waypoint in actor.waypoints]
        self._positions = [waypoint.pose[:3, 3] for waypoint in actor.waypoints]
        self._turns = [quaternion_wxyz(waypoint.pose) for waypoint in actor.waypoints]

    def pose(self, now: float) -> Pose:
        """Return the pose in the world at `now` seconds of simulated time."""
        elapsed = now - self._actor.delay_start if self._actor.auto_start else 0.0
        last = self._times[-1]
        if self._actor.loop and last > 0 and elapsed > 0:
            elapsed %= last
        elapsed = min(max(elapsed, self._times[0]), last)
        index = min(bisect.bisect_right(self._times, elapsed), len(self._times) - 1)
        before = max(index - 1, 0)
        span = self._times[index] - self._times[before]
        share = (elapsed - self._times[before]) / span if span > 0 else 0.0
        pose = np.eye(4)
        pose[:3, 3] = self._positions[before] + share * (self._positions[index] - self._positions[before])
        first, second = self._turns[before], self._turns[index]
        if first @ second < 0:
            second = -second
        mixed = first + share * (second - first)
        length = float(np.linalg.norm(mixed))
        pose[:3, :3] = quat2mat(mixed / length if length > 1e-6 else first)
        return pose
