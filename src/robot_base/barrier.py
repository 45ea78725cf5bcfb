# SPDX-License-Identifier: Apache-2.0
"""A barrier for boards that have relays and inputs but no logic of their own.

It never starts to close over an occupied loop or beam, and reopens when one becomes occupied meanwhile. A fire alarm
opens it, once even out of a fault, and holds it open until a person asks for closing (close, `forced`). The firmware
has the same machine (firmware/lib/ronda/barrier.hpp); a test drives both with the same inputs and compares.
"""

from dataclasses import dataclass
from enum import IntEnum

from robot_base.drivers.ports import BarrierCondition
from robot_base.wire.messages import Result

_MOVING = (BarrierCondition.OPENING, BarrierCondition.CLOSING)


class Reason(IntEnum):
    """Why the barrier is where it is; values as on the wire."""

    NONE = 0
    BOTH_ENDS = 1
    TOO_SLOW = 2
    DID_NOT_LEAVE = 3
    MOVED_BY_FORCE = 4
    OBSTACLE = 5
    COMMAND = 6
    LINK_LOST = 7
    ESTOP = 8
    FIRE = 9


_TEXTS = {
    Reason.NONE: "",
    Reason.BOTH_ENDS: "both end switches at once",
    Reason.TOO_SLOW: "the other end was not reached in time",
    Reason.DID_NOT_LEAVE: "did not leave its end",
    Reason.MOVED_BY_FORCE: "left its end unasked: moved by force, or an end switch has failed",
    Reason.OBSTACLE: "something under the arm",
    Reason.COMMAND: "by command",
    Reason.LINK_LOST: "link lost",
    Reason.ESTOP: "emergency stop",
    Reason.FIRE: "fire alarm",
}


def reason_text(number: int) -> str:
    """What a reason means, in words; of newer firmware perhaps unknown."""
    try:
        return _TEXTS[Reason(number)]
    except ValueError:
        return f"unknown reason {number}"


@dataclass(frozen=True, slots=True)
class BarrierTimes:
    """Milliseconds: longest travel, leaving an end, clear before closing, displaced before it counts as forced."""

    max_run: int = 8000
    leave: int = 2000
    clear: int = 1000
    force: int = 500


@dataclass(frozen=True, slots=True)
class BarrierInputs:
    """Everything the barrier sees."""

    open_end: bool = False
    closed_end: bool = False
    loop: bool = False
    beam: bool = False
    fire: bool = False
    estop: bool = False
    link: bool = True


class Barrier:
    """The state machine. Times are milliseconds of one monotonic clock."""

    def __init__(self, times: BarrierTimes | None = None) -> None:
        self._times = times or BarrierTimes()
        self.state = BarrierCondition.UNKNOWN
        self.reason = Reason.NONE
        self.fire_open = self._fire_tried = False
        self.movements = 0
        self._last = BarrierInputs()
        self._auto_close = False
        self._passed = False
        self._since = 0
        self._clear_at: int | None = None
        self._displaced_at: int | None = None

    def open(self, now: int) -> Result:
        """Ask to open."""
        if self._last.estop:
            return Result.REFUSED_ESTOP
        if self.state is BarrierCondition.FAULT:
            return Result.REFUSED_FAULT
        if self.state not in (BarrierCondition.OPEN, BarrierCondition.OPENING):
            self._move(BarrierCondition.OPENING, now)
        self._passed = False  # opened for the next vehicle, which has not passed yet
        self.reason = Reason.COMMAND
        return Result.DONE

    def close(self, now: int, *, forced: bool = False) -> Result:
        """Ask to close. `forced`: a person sees the lane and ends the holding open; sensors count all the same."""
        if self._last.estop:
            return Result.REFUSED_ESTOP
        if self.state in (BarrierCondition.FAULT, BarrierCondition.UNKNOWN):
            return Result.REFUSED_FAULT
        if self._last.fire or (self.fire_open and not forced):
            return Result.REFUSED_FIRE
        if self.state in (BarrierCondition.CLOSED, BarrierCondition.CLOSING):
            return Result.DONE
        if not self._clear_long(now):
            return Result.REFUSED_OCCUPIED
        self.fire_open = False
        self._move(BarrierCondition.CLOSING, now)
        self.reason = Reason.COMMAND
        return Result.DONE

    def stop(self) -> Result:
        """Ask to stop where it is."""
        if self._last.fire:
            return Result.REFUSED_FIRE
        if self.state in _MOVING:
            self._halt(Reason.COMMAND)
        return Result.DONE

    def reset(self) -> Result:
        """Leave the fault state; where the arm is, the end switches will tell."""
        if self.state is BarrierCondition.FAULT:
            self.state, self.reason = BarrierCondition.UNKNOWN, Reason.NONE
        return Result.DONE

    def hold_open(self) -> None:
        """Hold it open as after a fire alarm."""
        self.fire_open = True

    def restart(self) -> None:
        """Begin anew after a gap: the end switches will tell where the arm is. A hold after a fire outlives it."""
        self.state, self.reason = BarrierCondition.UNKNOWN, Reason.NONE
        self._passed, self._clear_at, self._last = False, None, BarrierInputs()

    def auto_close(self, on: bool) -> None:
        """Close by itself once a vehicle has passed."""
        self._auto_close, self._passed = on, False

    def update(self, inputs: BarrierInputs, now: int) -> int:
        """One step; the direction of the motor: 1 opens, -1 closes, 0 holds."""
        self._last = inputs
        if inputs.loop or inputs.beam:
            self._clear_at = None
        elif self._clear_at is None:
            self._clear_at = now
        if inputs.open_end and inputs.closed_end and self.state is not BarrierCondition.FAULT:
            self._fault(Reason.BOTH_ENDS)
        self.fire_open |= inputs.fire
        self._fire_tried &= inputs.fire
        if inputs.estop:
            if self.state in _MOVING:
                self._halt(Reason.ESTOP)
            return 0
        self._step(inputs, now)
        shut = (BarrierCondition.CLOSED, BarrierCondition.STOPPED, BarrierCondition.CLOSING)
        # Out of a fault one try for each alarm: people come first, but no motor is driven against a wreck for ever.
        fault = self.state is BarrierCondition.FAULT and self.reason is not Reason.BOTH_ENDS
        stuck = fault and not self._fire_tried
        if inputs.fire and (self.state in shut or stuck):
            self._fire_tried |= stuck
            self._move(BarrierCondition.OPENING, now)
            self.reason = Reason.FIRE
        return {BarrierCondition.OPENING: 1, BarrierCondition.CLOSING: -1}.get(self.state, 0)

    def _step(self, inputs: BarrierInputs, now: int) -> None:
        state = self.state
        if state is BarrierCondition.UNKNOWN:
            ends = {(True, False): BarrierCondition.OPEN, (False, True): BarrierCondition.CLOSED}
            self.state = ends.get((inputs.open_end, inputs.closed_end), BarrierCondition.STOPPED)
        elif state is BarrierCondition.CLOSING:
            if inputs.loop or inputs.beam or not inputs.link:
                self._move(BarrierCondition.OPENING, now)
                # Who passes now may be gone before the arm is up; after a lost link whoever comes back decides anew.
                self._passed = inputs.loop or inputs.beam
                self.reason = Reason.OBSTACLE if self._passed else Reason.LINK_LOST
            elif inputs.closed_end:
                self._arrive(BarrierCondition.CLOSED)
            else:
                self._watch_travel(inputs.open_end, now)
        elif state is BarrierCondition.OPENING:
            if inputs.open_end:
                self._arrive(BarrierCondition.OPEN)
            else:
                self._watch_travel(inputs.closed_end, now)
        elif state is BarrierCondition.OPEN:
            self._watch_end(inputs.open_end, now)
            if self.state is BarrierCondition.OPEN:
                self._watch_passage(inputs, now)
        elif state is BarrierCondition.CLOSED:
            self._watch_end(inputs.closed_end, now)

    def _clear_long(self, now: int) -> bool:
        return self._clear_at is not None and now - self._clear_at >= self._times.clear

    def _move(self, state: BarrierCondition, now: int) -> None:
        self.state, self._since, self._displaced_at = state, now, None

    def _halt(self, reason: Reason) -> None:
        self.state, self.reason = BarrierCondition.STOPPED, reason

    def _fault(self, reason: Reason) -> None:
        self.state, self.reason = BarrierCondition.FAULT, reason

    def _arrive(self, state: BarrierCondition) -> None:
        self.state, self._displaced_at = state, None
        self.movements += 1

    def _watch_travel(self, still_at_start: bool, now: int) -> None:
        if still_at_start and now - self._since > self._times.leave:
            self._fault(Reason.DID_NOT_LEAVE)
        if now - self._since > self._times.max_run:
            self._fault(Reason.TOO_SLOW)

    def _watch_end(self, there: bool, now: int) -> None:
        if there:
            self._displaced_at = None
        elif self._displaced_at is None:
            self._displaced_at = now
        elif now - self._displaced_at > self._times.force:
            self._fault(Reason.MOVED_BY_FORCE)

    def _watch_passage(self, inputs: BarrierInputs, now: int) -> None:
        self._passed |= inputs.loop
        if self._auto_close and self._passed and inputs.link and not self.fire_open and self._clear_long(now):
            self._move(BarrierCondition.CLOSING, now)
            self.reason = Reason.NONE
