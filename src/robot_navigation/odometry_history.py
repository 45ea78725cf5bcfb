# SPDX-License-Identifier: Apache-2.0
"""The odometry of the last moments, asked for at the time of a scan."""

from __future__ import annotations

from collections import deque

from ronda_core.se2 import SE2, normalise_angle


class OdometryHistory:
    """Keeps `seconds` of poses and interpolates between them."""

    def __init__(self, seconds: float = 2.0) -> None:
        self._seconds = seconds
        self._entries: deque[tuple[float, SE2]] = deque()

    @property
    def newest(self) -> float:
        """Time of the newest pose, minus infinity when there is none."""
        return self._entries[-1][0] if self._entries else float("-inf")

    @property
    def pose(self) -> SE2 | None:
        """The newest pose."""
        return self._entries[-1][1] if self._entries else None

    def add(self, stamp: float, pose: SE2) -> None:
        """Take the pose at `stamp` seconds. When time goes back (a restart), what was kept is dropped."""
        if stamp < self.newest:
            self._entries.clear()
        if stamp == self.newest:
            return
        self._entries.append((stamp, pose))
        while self._entries[0][0] < stamp - self._seconds:
            self._entries.popleft()

    def at(self, stamp: float) -> SE2 | None:
        """The pose at `stamp`; None when that is newer or older than everything that is kept."""
        after = None
        for entry in reversed(self._entries):
            if entry[0] <= stamp:
                if entry[0] == stamp or after is None:
                    return entry[1] if entry[0] == stamp else None
                share = (stamp - entry[0]) / (after[0] - entry[0])
                return _blend(entry[1], after[1], share)
            after = entry
        return None


def _blend(before: SE2, after: SE2, share: float) -> SE2:
    turn = normalise_angle(after.yaw - before.yaw)
    return SE2(
        before.x + share * (after.x - before.x),
        before.y + share * (after.y - before.y),
        normalise_angle(before.yaw + share * turn),
    )
