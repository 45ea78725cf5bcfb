# SPDX-License-Identifier: Apache-2.0
"""A barrier for boards that have relays and inputs but no logic of their own.

It never starts to close over an occupied loop or beam, and reopens when one becomes occupied meanwhile. The firmware
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
        self.fire_open = False
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

    def close(self, now: int) -> Result:
        """Ask to close; ends the holding open after a fire alarm, which is why a person has to ask."""
        if self._last.estop:
            return Result.REFUSED_ESTOP
        if self.state in (BarrierCondition.FAULT, BarrierCondition.UNKNOWN):
            return Result.REFUSED_FAULT
        if self._last.fire:
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
        if inputs.estop:
            if self.state in _MOVING:
                self._halt(Reason.ESTOP)
            return 0
        self.fire_open |= inputs.fire
        self._step(inputs, now)
        shut = (BarrierCondition.CLOSED, BarrierCondition.STOPPED, BarrierCondition.CLOSING)
        if inputs.fire and self.state in shut:
            self._move(BarrierCondition.OPENING, now)
        return {BarrierCondition.OPENING: 1, BarrierCondition.CLOSING: -1}.get(self.state, 0)

    def _step(self, inputs: BarrierInputs, now: int) -> None:
        state = self.state
        if state is BarrierCondition.UNKNOWN:
            ends = {(True, False): BarrierCondition.OPEN, (False, True): BarrierCondition.CLOSED}
            self.state = ends.get((inputs.open_end, inputs.closed_end), BarrierCondition.STOPPED)
        elif state is BarrierCondition.CLOSING:
            if inputs.loop or inputs.beam or not inputs.link:
                self._move(BarrierCondition.OPENING, now)
                self.reason = Reason.OBSTACLE if inputs.loop or inputs.beam else Reason.LINK_LOST
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
        self.state, self._displaced_at, self._passed = state, None, False
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
