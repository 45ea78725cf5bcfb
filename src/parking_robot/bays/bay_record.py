# SPDX-License-Identifier: Apache-2.0
"""What is believed of one bay: looks add up to a state, frames with a plate vote for who stands there."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from parking_robot.bays.scan_look import Look
from parking_robot.plates.decoding import Decoded
from parking_robot.plates.voting import Vote, vote


class BayState(StrEnum):
    UNKNOWN = "unknown"
    FREE = "free"
    OCCUPIED = "occupied"


@dataclass(frozen=True, slots=True)
class RecordRules:
    """``weight``: log odds that one look adds; ``limit``: what they never exceed, so that a change is believed soon.
    ``decided``: log odds from which a state is given. A look older than ``stale_s`` says nothing any more."""

    weight: float = 0.9
    limit: float = 4.0
    decided: float = 1.5
    stale_s: float = 1800.0
    frames: int = 12
    agreeing: int = 2


@dataclass(slots=True)
class BayRecord:
    """Times in seconds of one clock. ``since`` is when the present state began, ``seen`` the last look of any kind."""

    rules: RecordRules
    odds: float = 0.0
    seen: float | None = None
    since: float | None = None
    frames: deque[Decoded] = field(init=False)

    def __post_init__(self) -> None:
        self.frames = deque(maxlen=self.rules.frames)

    def look(self, now: float, look: Look) -> None:
        """Take in what one sweep said."""
        before = self.state(now)
        if before is BayState.UNKNOWN and self.seen is not None and now - self.seen > self.rules.stale_s:
            self.odds = 0.0
        step = self.rules.weight if look is Look.OCCUPIED else -self.rules.weight
        self.odds = min(max(self.odds + step, -self.rules.limit), self.rules.limit)
        self.seen = now
        after = self.state(now)
        if after is not before:
            self.since = now
        if after is BayState.FREE:
            self.frames.clear()

    def leave(self) -> None:
        """Take in that whoever stood here has left the garage: nothing is known until the next look."""
        self.odds, self.seen, self.since = 0.0, None, None
        self.frames.clear()

    def read(self, now: float, frames: Iterable[Decoded]) -> None:
        """Take in plates that were seen here; a plate is a look at something that stands there."""
        for frame in frames:
            self.frames.append(frame)
            self.look(now, Look.OCCUPIED)

    def state(self, now: float) -> BayState:
        """Return the state as far as it is known at ``now``."""
        if self.seen is None or now - self.seen > self.rules.stale_s:
            return BayState.UNKNOWN
        if abs(self.odds) < self.rules.decided:
            return BayState.UNKNOWN
        return BayState.OCCUPIED if self.odds > 0 else BayState.FREE

    def probability(self) -> float:
        """Return how sure the state is: 0.5 to 1, from the log odds."""
        return 1.0 / (1.0 + math.exp(-abs(self.odds)))

    def plate(self, now: float) -> Vote:
        """Return the vote on the plate; an empty text while nothing stands here or too few frames agree."""
        seen = self.frames if self.state(now) is BayState.OCCUPIED else ()
        return vote(list(seen), self.rules.agreeing)
