# SPDX-License-Identifier: Apache-2.0
"""Notice a camera that sends the same picture over and over: real sensors never repeat themselves exactly."""

from __future__ import annotations

import zlib

from face_perception.faces import Picture


class FreezeWatch:
    """Compares check sums of every eighth row. Times are seconds of one monotonic clock."""

    def __init__(self, after_s: float) -> None:
        self._after_s = after_s
        self._sum = -1
        self._changed_at: float | None = None
        self._taken_at: float | None = None

    def take(self, picture: Picture, now: float) -> None:
        """Look at a frame that arrived at ``now``."""
        value = zlib.crc32(picture[::8].tobytes())
        if value != self._sum:
            self._sum, self._changed_at = value, now
        self._taken_at = now

    def is_frozen(self, now: float) -> bool:
        """Return whether frames still arrive but none has changed for the set time (never where that is 0)."""
        if self._after_s == 0 or self._changed_at is None or self._taken_at is None:
            return False
        return self._taken_at - self._changed_at >= self._after_s and now - self._taken_at < self._after_s
