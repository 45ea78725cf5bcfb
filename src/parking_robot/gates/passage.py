# SPDX-License-Identifier: Apache-2.0
"""One lane's passages as a state machine: pure, driven by inputs with their time, answering with commands.

It asks the barrier to close only when nothing is under it; the barrier's own interlock, in the base, holds besides. One
opening is for one car: a second one behind it is tailgating and is reported. Nobody is held without a way to a person:
who must ask is called for at once, who can help himself (pay, turn back) after a while, and the button always works.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from parking_robot.plates.alphabet import fold
from parking_robot.plates.decoding import Decoded
from parking_robot.plates.distance import edits
from parking_robot.plates.voting import Vote, vote

# So many pictures in a row must agree on a plate that differs by more than a misreading before it is another car.
OTHER_CAR_FRAMES = 3
OTHER_CAR_EDITS = 2
# So many may follow one another under one opening; what breaks the beam more often is no car.
MOST_CARS = 4
# Of a car that takes its time only the newest pictures, which are the nearest, are kept.
MOST_FRAMES = 20


class LaneState(StrEnum):
    EMPTY = "empty"
    READING = "reading"
    DECIDING = "deciding"
    HELD = "held"
    OPEN = "open"
    FIRE = "fire"


class CommandKind(StrEnum):
    ARRIVED = "arrived"
    DECIDE = "decide"
    LATE = "late"
    OPEN = "open"
    CLOSE = "close"
    CALL = "call"
    PASSED = "passed"
    TAILGATING = "tailgating"
    TURNED_BACK = "turned back"
    FIRE = "fire"
    WENT = "went"


@dataclass(frozen=True, slots=True)
class Command:
    """What is to be done now. ``vote`` belongs to DECIDE and WENT (a car during a fire alarm)."""

    kind: CommandKind
    reason: str = ""
    vote: Vote | None = None


@dataclass(frozen=True, slots=True)
class Sensors:
    """The lane's inputs: a car ``waiting`` before the barrier (loop there, or camera) and whether it is ``standing``;
    the loop and the beam under the arm; the fire alarm."""

    waiting: bool
    loop: bool = False
    beam: bool = False
    standing: bool = True
    fire: bool = False

    @property
    def under(self) -> bool:
        return self.loop or self.beam


@dataclass(frozen=True, slots=True)
class LaneLimits:
    """Times in seconds, counts in pictures.

    ``read_s``/``longest_read_s``: least and longest time of reading; ``late_s``: how long the ledger may take;
    ``beam_fitted``: cars are counted by the beam, else by the loop; ``gap_s``: shorter gaps are within one car;
    ``clear_s``: nothing under the arm before closing; ``turn_back_s``: nobody in sight before an open lane closes
    again; ``longest_open_s``: a car may stand in the open lane; ``patience_s``: a driver is held without a person.
    """

    read_s: float = 0.3
    longest_read_s: float = 3.0
    least_frames: int = 3
    least_agreeing: int = 2
    late_s: float = 0.8
    beam_fitted: bool = True
    gap_s: float = 0.25
    clear_s: float = 1.5
    turn_back_s: float = 8.0
    longest_open_s: float = 60.0
    patience_s: float = 90.0


@dataclass(frozen=True, slots=True)
class Lane:
    """The state of one lane; ``since`` is when it was entered, on a monotonic clock in seconds.

    ``plate`` is what was read of the car that was decided on: another one in its place is another car.
    """

    limits: LaneLimits
    state: LaneState = LaneState.EMPTY
    since: float = 0.0
    frames: tuple[Decoded, ...] = ()
    clear_since: float | None = None
    passed: int = 0
    blocked: bool = False
    free_since: float | None = None
    called: bool = False
    late: bool = False
    plate: str = ""


def step(lane: Lane, now: float, sensors: Sensors, frames: Sequence[Decoded] = ()) -> tuple[Lane, list[Command]]:
    """Return the lane after the inputs of one moment, and what is to be done."""
    if sensors.fire and lane.state is not LaneState.FIRE:
        done = [Command(CommandKind.PASSED, f"{lane.passed} car(s) went through")] if _has_left(lane) else []
        return _enter(lane, LaneState.FIRE, now), [Command(CommandKind.FIRE, "fire alarm: open and hold"), *done]
    match lane.state:
        case LaneState.EMPTY:
            if sensors.waiting:
                reading = replace(_enter(lane, LaneState.READING, now), frames=tuple(frames))
                return reading, [Command(CommandKind.ARRIVED)]
            return lane, []
        case LaneState.READING:
            return _read(replace(lane, frames=(*lane.frames, *frames)), now, sensors)
        case LaneState.DECIDING:
            if not sensors.waiting and not sensors.under:
                return _gone(lane, now, "the car left the lane")
            if not lane.late and now - lane.since > lane.limits.late_s:
                return replace(lane, late=True), [Command(CommandKind.LATE, "the ledger does not answer")]
            return lane, []
        case LaneState.HELD:
            if not sensors.waiting and not sensors.under:
                return _gone(lane, now, "the car left the lane")
            lane, other = _watch(lane, frames)
            if other:
                return _gone(lane, now, f"{other} took the car's place")
            if not lane.called and now - lane.since > lane.limits.patience_s:
                return replace(lane, called=True), [Command(CommandKind.CALL, "the car is still there")]
            return lane, []
        case LaneState.OPEN:
            return _pass(lane, now, sensors, frames)
        case LaneState.FIRE:
            # Released by `release` alone: after an alarm a person looks first.
            return _burn(lane, now, sensors, frames)


def decided(
    lane: Lane, now: float, opens: bool, asks: bool, reason: str, plate: str = ""
) -> tuple[Lane, list[Command]]:
    """Return the lane after a decision on the car that stands there; in another state it does nothing.

    A held car may be decided on again: ``asks`` calls a person if none was called yet.
    """
    if lane.state not in (LaneState.DECIDING, LaneState.HELD):
        return lane, []
    if opens:
        return replace(_enter(lane, LaneState.OPEN, now), plate=plate), [Command(CommandKind.OPEN, reason)]
    held = lane
    if lane.state is LaneState.DECIDING:
        held = replace(_enter(lane, LaneState.HELD, now), called=lane.called, plate=plate)
    if asks and not held.called:
        return replace(held, called=True), [Command(CommandKind.CALL, reason)]
    return held, []


def read_again(lane: Lane, now: float) -> Lane:
    """Return the lane of a held car that is to be decided on again, as after a person corrected its plate.

    The call was answered: if the new decision asks again, somebody is called anew.
    """
    return _enter(lane, LaneState.DECIDING, now) if lane.state is LaneState.HELD else lane


def let_in(lane: Lane, now: float, reason: str) -> tuple[Lane, list[Command]]:
    """Return the lane that a person opens, whatever it is doing; an open or burning one stays as it is."""
    if lane.state in (LaneState.OPEN, LaneState.FIRE):
        return lane, []
    return _enter(lane, LaneState.OPEN, now), [Command(CommandKind.OPEN, reason)]


def release(lane: Lane, now: float) -> Lane:
    """Return the lane after a person has ended a fire alarm: open, and closing when nothing is under the arm."""
    return _enter(lane, LaneState.OPEN, now) if lane.state is LaneState.FIRE else lane


def alike(plate: str, other: str) -> bool:
    """Return whether two plates may be readings of one car's."""
    return edits(fold(plate), fold(other)) <= OTHER_CAR_EDITS


def _enter(lane: Lane, state: LaneState, now: float) -> Lane:
    return Lane(lane.limits, state, now)


def _gone(lane: Lane, now: float, reason: str) -> tuple[Lane, list[Command]]:
    return _enter(lane, LaneState.EMPTY, now), [Command(CommandKind.TURNED_BACK, reason)]


def _read(lane: Lane, now: float, sensors: Sensors) -> tuple[Lane, list[Command]]:
    if not sensors.waiting and not sensors.under:
        return _gone(lane, now, "the car left before it was read")
    outcome = vote(lane.frames, lane.limits.least_agreeing)
    waited = now - lane.since
    agreed = bool(outcome.text) and len(lane.frames) >= lane.limits.least_frames and waited >= lane.limits.read_s
    if not (agreed and sensors.standing) and waited < lane.limits.longest_read_s:
        return lane, []
    if not sensors.standing:
        # It rolls, perhaps past: it is decided on where it stops. The newest frames are the best.
        return replace(lane, frames=lane.frames[-MOST_FRAMES:]), []
    return _enter(lane, LaneState.DECIDING, now), [Command(CommandKind.DECIDE, vote=outcome)]


def _watch(lane: Lane, frames: Sequence[Decoded]) -> tuple[Lane, str]:
    """Return the lane, and the plate of another car that stands in the place of the one decided on; empty: none."""
    if not lane.plate or not frames:
        return lane, ""
    lane = replace(lane, frames=(*lane.frames, *frames)[-OTHER_CAR_FRAMES:])
    seen = vote(lane.frames, OTHER_CAR_FRAMES).text
    return lane, seen if seen and not alike(seen, lane.plate) else ""


def _pass(lane: Lane, now: float, sensors: Sensors, frames: Sequence[Decoded]) -> tuple[Lane, list[Command]]:
    commands = []
    before, lane = lane.passed, _count(lane, now, sensors)
    if lane.passed > max(before, 1):
        if lane.passed <= MOST_CARS:
            commands.append(Command(CommandKind.TAILGATING, f"car {lane.passed} went under one opening"))
        elif not lane.called:
            lane = replace(lane, called=True)
            commands.append(Command(CommandKind.CALL, "the beam is broken again and again: look at it and at the lane"))
    if sensors.under:
        lane = replace(lane, clear_since=None)
        return _stuck(lane, now, commands)
    if not lane.passed:
        lane, other = _watch(lane, frames)
        if other:
            lane, commands = _gone(lane, now, f"{other} took the car's place")
            return lane, [*commands, Command(CommandKind.CLOSE, "another car")]
        if sensors.waiting:
            return _stuck(replace(lane, clear_since=None), now, commands)
        needed = lane.limits.turn_back_s
    else:
        # The next car may stand at its line already; the arm does not come down there.
        needed = lane.limits.clear_s
    if lane.clear_since is None:
        return replace(lane, clear_since=now), commands
    if now - lane.clear_since < needed:
        return lane, commands
    done = CommandKind.PASSED if lane.passed else CommandKind.TURNED_BACK
    reason = f"{lane.passed} car(s) went through" if lane.passed else "nobody drove through"
    return _enter(lane, LaneState.EMPTY, now), [*commands, Command(done, reason), Command(CommandKind.CLOSE, "clear")]


def _has_left(lane: Lane) -> bool:
    return lane.state is LaneState.OPEN and lane.passed > 0 and not lane.blocked


def _burn(lane: Lane, now: float, sensors: Sensors, frames: Sequence[Decoded]) -> tuple[Lane, list[Command]]:
    """Count who goes through while an alarm holds the gate open, each with what was read since the one before."""
    # The plate of the car that is under the arm may stay in sight; it is not the next one's.
    fresh = [one for one in frames if not lane.plate or not alike(one.text, lane.plate)]
    counted = _count(replace(lane, frames=(*lane.frames, *fresh)[-MOST_FRAMES:]), now, sensors)
    if counted.passed == lane.passed:
        return counted, []
    outcome = vote(counted.frames, lane.limits.least_agreeing)
    return (
        replace(counted, frames=(), plate=outcome.text),
        [Command(CommandKind.WENT, "a car went through during the fire alarm", outcome)],
    )


def _count(lane: Lane, now: float, sensors: Sensors) -> Lane:
    """Count the cars that go under: a beam sees the gap between two that a loop bridges."""
    blocked = sensors.beam if lane.limits.beam_fitted else sensors.under
    if not blocked:
        return replace(lane, blocked=False, free_since=now if lane.blocked else lane.free_since)
    if lane.blocked:
        return lane
    another = lane.free_since is None or now - lane.free_since >= lane.limits.gap_s
    return replace(lane, blocked=True, passed=lane.passed + another)


def _stuck(lane: Lane, now: float, commands: list[Command]) -> tuple[Lane, list[Command]]:
    if not lane.called and now - lane.since > lane.limits.longest_open_s:
        return replace(lane, called=True), [*commands, Command(CommandKind.CALL, "a car stands in the open gate")]
    return lane, commands
