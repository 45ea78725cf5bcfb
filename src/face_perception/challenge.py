# SPDX-License-Identifier: Apache-2.0
"""An active liveness challenge: turn your head to the sides that are asked for, in an order nobody can know before.

Each turn is asked for only after the face has looked straight ahead for a random time, and must follow within a limit:
too early, to the other side, by a jump, with another face or too late ends the challenge. A flat photograph cannot pass
by being turned, since the nose stays midway between the eyes; a recording passes only if order and times happen to fit.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import Enum

from face_perception.faces import Template


class Turn(Enum):
    """A side, as the person in front of the camera sees it; the value is the sign of the yaw ratio."""

    LEFT = 1
    RIGHT = -1


class State(Enum):
    """Where a challenge stands."""

    LOOK_AHEAD = "look straight ahead"
    TURN = "turn your head"
    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ChallengeRules:
    """``turns`` are asked for; yaw ratios (:func:`face_perception.quality.yaw_ratio`) within ``ahead`` look straight,
    beyond ``turned`` to the side; looking ahead lasts ``hold_s``, drawn anew each time, before a turn is asked for; a
    turn begins no sooner than ``reaction_s`` and ends within ``limit_s``; looks come at most ``gap_s`` apart and change
    by at most ``jump``; all looks are one face, with a cosine of at least ``same_face`` to the first."""

    turns: int = 3
    ahead: float = 0.22
    turned: float = 0.42
    hold_s: tuple[float, float] = (0.5, 1.5)
    reaction_s: float = 0.15
    limit_s: float = 3.0
    gap_s: float = 0.35
    jump: float = 0.45
    same_face: float = 0.3


@dataclass(frozen=True, slots=True)
class Look:
    """One view of the face: when (seconds), its yaw ratio, its track, and its template where it was embedded."""

    stamp: float
    yaw: float
    track_id: int = 0
    template: Template | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """What to tell the person; ``turn`` is the side asked for, ``reason`` why the challenge failed."""

    state: State
    done: int
    turn: Turn | None = None
    reason: str = ""


class Challenge:
    """One try of one person; a new try is a new challenge. Feed it every look, in order of time."""

    def __init__(self, rules: ChallengeRules | None = None, rng: random.Random | None = None) -> None:
        """``rng`` defaults to the system's unpredictable source; tests hand in a seeded one."""
        self.rules = rules or ChallengeRules()
        self._rng = rng or random.SystemRandom()
        self._turns = [self._rng.choice(list(Turn)) for _ in range(self.rules.turns)]
        self._done = 0
        self._state = State.LOOK_AHEAD
        self._reason = ""
        self._last: Look | None = None
        self._face: Template | None = None
        self._hold_s = self._rng.uniform(*self.rules.hold_s)
        self._ahead_since: float | None = None
        self._asked_at = 0.0
        self._waiting_since: float | None = None

    @property
    def progress(self) -> Progress:
        """Where the challenge stands."""
        asked = self._turns[self._done] if self._state is State.TURN else None
        return Progress(self._state, self._done, asked, self._reason)

    def take(self, look: Look) -> Progress:
        """Judge one look. Looks after the end change nothing."""
        if self._state in (State.PASSED, State.FAILED):
            return self.progress
        if (reason := self._broken(look)) is not None:
            return self._fail(reason)
        self._last = look
        if self._state is State.LOOK_AHEAD:
            return self._look_ahead(look)
        return self._turn(look)

    def tick(self, now: float) -> Progress:
        """Let time pass without a look: a face that stays away ends the challenge."""
        if self._state in (State.LOOK_AHEAD, State.TURN) and self._last is not None:
            if self._state is State.TURN and now - self._asked_at > self.rules.limit_s:
                return self._fail("too slow")
            if now - self._last.stamp > self.rules.limit_s:
                return self._fail("the face went away")
        return self.progress

    def _broken(self, look: Look) -> str | None:
        last = self._last
        if look.template is not None:
            if self._face is None:
                self._face = look.template
            elif float(self._face @ look.template) < self.rules.same_face:
                return "another face"
        if last is None:
            return None
        if look.stamp <= last.stamp:
            return "pictures out of order"
        if look.track_id != last.track_id:
            return "another face"
        if look.stamp - last.stamp > self.rules.gap_s:
            return "too few pictures"
        if abs(look.yaw - last.yaw) > self.rules.jump:
            return "the face jumped"
        return None

    def _look_ahead(self, look: Look) -> Progress:
        self._waiting_since = look.stamp if self._waiting_since is None else self._waiting_since
        if abs(look.yaw) > self.rules.ahead:
            # Coming back from the last turn takes its time; leaving again before the next is asked for is a guess.
            if self._ahead_since is not None and abs(look.yaw) > self.rules.turned:
                return self._fail("turned before it was asked for")
            if look.stamp - self._waiting_since > self.rules.limit_s:
                return self._fail("too slow")
            return self.progress
        self._ahead_since = look.stamp if self._ahead_since is None else self._ahead_since
        if look.stamp - self._ahead_since >= self._hold_s:
            self._state, self._asked_at = State.TURN, look.stamp
        return self.progress

    def _turn(self, look: Look) -> Progress:
        elapsed = look.stamp - self._asked_at
        if elapsed > self.rules.limit_s:
            return self._fail("too slow")
        if abs(look.yaw) <= self.rules.turned:
            return self.progress
        if elapsed < self.rules.reaction_s:
            return self._fail("turned before it was asked for")
        if look.yaw * self._turns[self._done].value < 0:
            return self._fail("turned to the other side")
        self._done += 1
        self._state = State.PASSED if self._done == len(self._turns) else State.LOOK_AHEAD
        self._hold_s = self._rng.uniform(*self.rules.hold_s)
        self._ahead_since = self._waiting_since = None
        return self.progress

    def _fail(self, reason: str) -> Progress:
        self._state, self._reason = State.FAILED, reason
        return self.progress


def in_words(progress: Progress) -> str:
    """Return what to tell the person."""
    if progress.state is State.TURN and progress.turn is not None:
        return f"turn your head to your {progress.turn.name.lower()}"
    if progress.state is State.FAILED:
        return f"failed: {progress.reason}"
    return progress.state.value


def to_data(progress: Progress) -> dict[str, object]:
    """Return the progress for JSON."""
    return {
        "state": progress.state.name.lower(),
        "done": progress.done,
        "turn": progress.turn.name.lower() if progress.turn else None,
        "reason": progress.reason,
    }
