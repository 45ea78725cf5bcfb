# SPDX-License-Identifier: Apache-2.0
"""Whether a car is before the barrier, and whether it stands: from the plates that the gate's camera sees.

A plate counts from a width on (a car still far away is not at the gate); of several the widest is the nearest car's.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from parking_robot.plates.decoding import Decoded


@dataclass(frozen=True, slots=True)
class PlateSight:
    """One plate in one picture: its middle and width in pixels, and what was read (text empty: unreadable)."""

    x: float
    y: float
    width: float
    decoded: Decoded


@dataclass(frozen=True, slots=True)
class ApproachLimits:
    """``near_px``: least width of a plate at the gate. ``still``: shift per second, in plate widths, of a standing car.

    ``still_s``: so long it must have stood. ``gone_s``: so long a plate may be out of sight before the car is gone.
    """

    near_px: float = 70.0
    still: float = 0.25
    still_s: float = 0.3
    gone_s: float = 2.5


class Approach:
    """Follows the nearest plate over pictures. Times are seconds of one monotonic clock."""

    def __init__(self, limits: ApproachLimits) -> None:
        self._limits = limits
        self._seen: deque[tuple[float, PlateSight]] = deque(maxlen=20)
        self._stopped_at: float | None = None

    def take(self, sights: Sequence[PlateSight], at: float) -> PlateSight | None:
        """Take the plates of the picture of time ``at``; return the one of the car at the gate, if there is one."""
        near = [sight for sight in sights if sight.width >= self._limits.near_px]
        if not near:
            return None
        sight = max(near, key=lambda plate: plate.width)
        before = self._seen[-1] if self._seen else None
        if before is not None and at > before[0] and at - before[0] <= self._limits.gone_s:
            if _speed(before, (at, sight)) > self._limits.still:
                self._stopped_at = None
            elif self._stopped_at is None:
                self._stopped_at = before[0]
        else:
            self._stopped_at = None
        self._seen.append((at, sight))
        return sight

    def present(self, now: float) -> bool:
        """Return whether a plate was at the gate just now."""
        return bool(self._seen) and now - self._seen[-1][0] <= self._limits.gone_s

    def standing(self, now: float) -> bool:
        """Return whether the car at the gate stands (and has stood for `still_s`)."""
        return self.present(now) and self._stopped_at is not None and self._stood() >= self._limits.still_s

    @property
    def stopped_at(self) -> float | None:
        """Return the time of the first picture in which the car stood; None while it moves or nobody is there."""
        return self._stopped_at

    def forget(self) -> None:
        """Begin anew, for the next car."""
        self._seen.clear()
        self._stopped_at = None

    def _stood(self) -> float:
        return self._seen[-1][0] - self._stopped_at if self._stopped_at is not None else 0.0


def _speed(before: tuple[float, PlateSight], after: tuple[float, PlateSight]) -> float:
    """Return the plate's shift (position and growth) in plate widths per second."""
    (then, one), (now, other) = before, after
    shift = max(abs(other.x - one.x), abs(other.y - one.y), abs(other.width - one.width))
    return shift / max(one.width, 1.0) / (now - then)
