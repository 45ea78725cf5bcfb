# SPDX-License-Identifier: Apache-2.0
"""A bumper's state from contact reports that only come while there is contact."""


class ContactHold:
    """Pressed from a report with contacts until `release_s` seconds passed without another."""

    def __init__(self, release_s: float) -> None:
        self._release_s = release_s
        self._last: float | None = None

    def report(self, contacts: int, now: float) -> None:
        """Take one report of so many contacts at `now` (seconds)."""
        if contacts > 0:
            self._last = now

    def pressed(self, now: float) -> bool:
        """Whether the bumper counts as pressed at `now`. A clock that jumped back (simulator restarted) releases it."""
        return self._last is not None and 0.0 <= now - self._last < self._release_s
