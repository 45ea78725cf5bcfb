# SPDX-License-Identifier: Apache-2.0
"""One lane's passages as a state machine: pure, driven by inputs with their time, answering with commands.

It commands a barrier to open and never to close while the loop or the beam is occupied; the barrier's own interlock, in
the base, holds besides. One opening is for one car: a second one behind it is tailgating and is reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from parking_robot.plates.decoding import Decoded
from parking_robot.plates.voting import Vote, vote


class LaneState(StrEnum):
    EMPTY = "empty"
    READING = "reading"
    DECIDING = "deciding"
    HELD = "held"
    OPEN = "open"
    FIRE = "fire"


class CommandKind(StrEnum):
    DECIDE = "decide"
    OPEN = "open"
    CLOSE = "close"
    CALL = "call"
    PASSED = "passed"
    TAILGATING = "tailgating"
    TURNED_BACK = "turned back"


@dataclass(frozen=True, slots=True)
class Command:
    """What is to be done now. ``vote`` belongs to DECIDE, ``reason`` to the others."""

    kind: CommandKind
    reason: str = ""
    vote: Vote | None = None


@dataclass(frozen=True, slots=True)
class Sensors:
    """The lane's inputs: a car on the loop before the barrier, in the beam under it."""

    loop: bool
    beam: bool
    fire: bool = False


@dataclass(frozen=True, slots=True)
class LaneLimits:
    """Times in seconds, counts in frames."""

    read_s: float = 0.6
    longest_read_s: float = 3.0
    least_frames: int = 3
    least_agreeing: int = 2
    clear_s: float = 1.5
    longest_open_s: float = 60.0
    decide_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Lane:
    """The state of one lane; ``since`` is when it was entered, on a monotonic clock in seconds."""

    limits: LaneLimits
    state: LaneState = LaneState.EMPTY
    since: float = 0.0
    frames: tuple[Decoded, ...] = ()
    clear_since: float | None = None
    went_under: bool = False
    passed: int = 0
    beam: bool = False
    called: bool = False


def step(lane: Lane, now: float, sensors: Sensors, frames: Sequence[Decoded] = ()) -> tuple[Lane, list[Command]]:
    """Return the lane after the inputs of one moment, and what is to be done."""
    if sensors.fire:
        if lane.state is LaneState.FIRE:
            return lane, []
        return _enter(lane, LaneState.FIRE, now), [Command(CommandKind.OPEN, "fire alarm: open and hold")]
    match lane.state:
        case LaneState.EMPTY:
            if sensors.loop:
                return replace(_enter(lane, LaneState.READING, now), frames=tuple(frames)), []
            return lane, []
        case LaneState.READING:
            return _read(replace(lane, frames=(*lane.frames, *frames)), now, sensors)
        case LaneState.DECIDING:
            if not sensors.loop and not sensors.beam:
                return _enter(lane, LaneState.EMPTY, now), [Command(CommandKind.TURNED_BACK, "the car left the lane")]
            if not lane.called and now - lane.since > lane.limits.decide_s:
                return replace(lane, called=True), [
                    Command(CommandKind.CALL, "no decision came: the store may be away")
                ]
            return lane, []
        case LaneState.HELD:
            if not sensors.loop and not sensors.beam:
                return _enter(lane, LaneState.EMPTY, now), [Command(CommandKind.TURNED_BACK, "the car left the lane")]
            return lane, []
        case LaneState.OPEN:
            return _pass(lane, now, sensors)
        case LaneState.FIRE:
            # Released by `release` alone: after an alarm a person looks first.
            return lane, []


def decided(lane: Lane, now: float, opens: bool, reason: str) -> tuple[Lane, list[Command]]:
    """Return the lane after the decision on the car that stands there; in another state it does nothing."""
    if lane.state not in (LaneState.DECIDING, LaneState.HELD):
        return lane, []
    if opens:
        return _enter(lane, LaneState.OPEN, now), [Command(CommandKind.OPEN, reason)]
    if lane.state is LaneState.HELD:
        return lane, []
    # Nobody is held without a person to talk to.
    return _enter(lane, LaneState.HELD, now), [Command(CommandKind.CALL, reason)]


def release(lane: Lane, now: float) -> Lane:
    """Return the lane after a person has ended a fire alarm."""
    return _enter(lane, LaneState.EMPTY, now) if lane.state is LaneState.FIRE else lane


def _enter(lane: Lane, state: LaneState, now: float) -> Lane:
    return Lane(lane.limits, state, now, frames=lane.frames if state is LaneState.DECIDING else ())


def _read(lane: Lane, now: float, sensors: Sensors) -> tuple[Lane, list[Command]]:
    if not sensors.loop and not sensors.beam:
        return _enter(lane, LaneState.EMPTY, now), [Command(CommandKind.TURNED_BACK, "the car left before it was read")]
    outcome = vote(lane.frames, lane.limits.least_agreeing)
    waited = now - lane.since
    agreed = outcome.text and len(lane.frames) >= lane.limits.least_frames and waited >= lane.limits.read_s
    if not agreed and waited < lane.limits.longest_read_s:
        return lane, []
    return _enter(lane, LaneState.DECIDING, now), [Command(CommandKind.DECIDE, vote=outcome)]


def _pass(lane: Lane, now: float, sensors: Sensors) -> tuple[Lane, list[Command]]:
    commands = []
    if sensors.beam and not lane.beam:
        lane = replace(lane, passed=lane.passed + 1, went_under=True)
        if lane.passed == 2:
            commands.append(Command(CommandKind.TAILGATING, "a second car went under one opening"))
    lane = replace(lane, beam=sensors.beam)
    if sensors.beam or (sensors.loop and not lane.went_under):
        lane = replace(lane, clear_since=None)
        if not lane.called and now - lane.since > lane.limits.longest_open_s:
            return replace(lane, called=True), [*commands, Command(CommandKind.CALL, "a car stands in the open gate")]
        return lane, commands
    if sensors.loop:
        # The next car waits on the loop: the barrier may not come down on it, so it is asked to wait for its turn.
        return replace(lane, clear_since=None), commands
    if lane.clear_since is None:
        return replace(lane, clear_since=now), commands
    if now - lane.clear_since < lane.limits.clear_s:
        return lane, commands
    done = CommandKind.PASSED if lane.went_under else CommandKind.TURNED_BACK
    reason = f"{lane.passed} car(s) went through" if lane.went_under else "nobody drove through"
    return _enter(lane, LaneState.EMPTY, now), [*commands, Command(done, reason), Command(CommandKind.CLOSE, "clear")]
