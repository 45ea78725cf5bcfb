# SPDX-License-Identifier: Apache-2.0
"""One barrier's part in the site's fire alarm: what its own alarm contact says to all, and what its board is told.

All who know of an alarm say so on one topic, where the last word counts. A barrier therefore says only what its own
contact says: true as long as the contact is on, again and again, so that nobody else's false lasts; false once, when
its contact has gone off. What it has heard it does not say again, so that nothing goes round in circles.
"""

from __future__ import annotations

SETTLE_S = 1.0
"""So long a board may still report an alarm that it was told of, after it was told that the alarm is over."""
REPEAT_S = 1.0
DELIVERED_S = 5.0
"""A word is with everybody who listens after so long."""


class AlarmRelay:
    """Times are monotonic seconds. Give it what is heard with `hear`, and each reading of the board with `see`."""

    def __init__(self) -> None:
        self.alarm: bool | None = None
        """What is said of the alarm; None: nobody has said anything."""
        self._told = False
        self._said: bool | None = None
        self._said_at = self._believe_from = float("-inf")

    @property
    def told(self) -> bool | None:
        """What the board is to be told: an alarm of others. Its own contact opens it anyway, and is not heard then."""
        return None if self.alarm is None else self._told

    def stale(self, now: float) -> bool:
        """Return whether the last word of this barrier, long ago, is an end, and another alarm has begun since."""
        return self._said is False and bool(self.alarm) and now - self._said_at > DELIVERED_S

    def renewed(self) -> None:
        """Forget the last word: it was taken back, so that nobody who comes later hears it after that of others."""
        self._said = None

    def settle(self, now: float) -> None:
        """Do not believe the board for a while: it has just been told something."""
        self._believe_from = now + SETTLE_S

    def hear(self, alarm: bool, now: float) -> bool:
        """Take what somebody says, this barrier included; return whether it is news: the board is to be told `told`."""
        if alarm == self.alarm:
            return False
        if self._told:
            self.settle(now)
        # Amid an alarm of its own it may hear itself, after somebody else's end.
        self.alarm, self._told = alarm, alarm and not self._said
        return True

    def see(self, fire: bool, now: float) -> bool | None:
        """Take the board's reading, its contact or what it was told; return what is to be said to all, None: nothing.

        While the board is told of an alarm of others, its own contact cannot be seen.
        """
        if self._told or now < self._believe_from:
            return None
        if fire:
            if self.alarm and now - self._said_at < REPEAT_S:
                return None
        elif not self._said:
            return None
        self.alarm, self._said, self._said_at = fire, fire, now
        return fire
