# SPDX-License-Identifier: Apache-2.0
"""The patrol as a state machine: events in, commands out; it knows no ROS and reads only the clock it is given."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from patrol_robot.errors import PatrolError
from patrol_robot.route import Route, Waypoint


class State(IntEnum):
    """As in ronda/msg/PatrolState."""

    IDLE = 0
    DRIVING = 1
    AT_WAYPOINT = 2
    PAUSED = 3
    DONE = 4
    FAILED = 5
    STOPPED = 6


class Outcome(IntEnum):
    """Error codes of ronda/action/Patrol."""

    NONE = 0
    UNKNOWN = 9100
    NO_ROUTE = 9101
    NAVIGATION_UNAVAILABLE = 9102
    STOP_ON_MISSED_WAYPOINT = 9103
    BATTERY_LOW = 9104
    BAD_START_INDEX = 9105


class Command(StrEnum):
    """What the mission asks of the outside."""

    DRIVE = "drive"
    """Send the robot to `Mission.waypoint`."""
    CANCEL_DRIVE = "cancel_drive"
    """Take back the goal that is under way."""
    FINISH = "finish"
    """The round is over; read `state`, `outcome` and `message`."""


NO_PROGRESS = 9005
"""NavigateTo's code for a robot that is stuck."""
NOT_DRIVEN = 0
"""Code of a waypoint that was missed without having been driven to."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A waypoint that was not reached, and why. `code` is one of ronda/action/NavigateTo, 0 if it was never tried."""

    index: int
    name: str
    lap: int
    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class MissionSettings:
    """Limits of a round. Batteries in [0, 1], times in seconds, distances in metres."""

    attempts: int = 2
    stuck_timeout_s: float = 60.0
    progress_m: float = 0.10
    battery_low: float = 0.20
    battery_critical: float = 0.08


@dataclass(slots=True)
class Mission:
    """One round over a route.

    Each event method returns the commands to carry out, in order. Events that do not fit the state are ignored,
    because messages cross on their way (an arrival may come after a pause).
    """

    route: Route
    now: Callable[[], float]
    settings: MissionSettings = MissionSettings()
    laps: int = 0
    start_index: int = 0
    stop_on_failure: bool = False
    state: State = State.IDLE
    outcome: Outcome = Outcome.NONE
    message: str = ""
    index: int = 0
    lap: int = 0
    reached: int = 0
    missed: list[Missed] = field(default_factory=list)
    distance_remaining: float = float("nan")
    _attempt: int = 0
    _leave_at: float = 0.0
    _wait_left: float | None = None
    _best_distance: float = float("inf")
    _progress_at: float = 0.0
    _battery_reported: bool = False

    @property
    def waypoint(self) -> Waypoint:
        """The waypoint that the robot drives to, or stands at."""
        return self.route.waypoints[self.index]

    @property
    def over(self) -> bool:
        """True once the round has ended, well or not."""
        return self.state in (State.DONE, State.FAILED, State.STOPPED)

    @property
    def under_way(self) -> bool:
        """True from start to end, pauses included."""
        return self.state in (State.DRIVING, State.AT_WAYPOINT, State.PAUSED)

    def start(self) -> list[Command]:
        """Begin. Raises PatrolError if it has begun already."""
        if self.state is not State.IDLE:
            raise PatrolError("the round has begun already", hint="make a new mission for another round")
        if not 0 <= self.start_index < len(self.route.waypoints):
            message = f"start index {self.start_index} is not one of 0..{len(self.route.waypoints) - 1}"
            return self._finish(State.FAILED, Outcome.BAD_START_INDEX, message)
        self.laps = self.laps or self.route.laps
        self.index = self.start_index
        return self._drive()

    def arrived(self) -> list[Command]:
        """The robot has reached the waypoint."""
        if self.state is not State.DRIVING:
            return []
        self.reached += 1
        self.distance_remaining = 0.0
        if self.waypoint.wait_s <= 0.0:
            return self._advance()
        self.state = State.AT_WAYPOINT
        self._leave_at = self.now() + self.waypoint.wait_s
        self.message = f"waiting {self.waypoint.wait_s:g} s at '{self.waypoint.name}'"
        return []

    def drive_failed(self, code: int, reason: str) -> list[Command]:
        """Navigation gave the goal up; tries again or records the waypoint as missed."""
        if self.state is not State.DRIVING:
            return []
        self._attempt += 1
        if self._attempt < self.settings.attempts:
            return self._drive(f"trying '{self.waypoint.name}' again: {reason}")
        self._miss(self.index, code, reason)
        if self.stop_on_failure:
            message = f"waypoint '{self.waypoint.name}' was missed: {reason}"
            return self._finish(State.FAILED, Outcome.STOP_ON_MISSED_WAYPOINT, message, from_index=self.index + 1)
        return self._advance()

    def navigation_unavailable(self, reason: str) -> list[Command]:
        """There is nothing to drive with; ends the round."""
        if self.state is not State.DRIVING:
            return []
        return self._finish(State.FAILED, Outcome.NAVIGATION_UNAVAILABLE, reason, from_index=self.index)

    def progress(self, distance_remaining: float) -> None:
        """Navigation's feedback: metres left along the path."""
        if self.state is not State.DRIVING:
            return
        self.distance_remaining = distance_remaining
        if distance_remaining < self._best_distance - self.settings.progress_m:
            self._best_distance = distance_remaining
            self._progress_at = self.now()

    def tick(self) -> list[Command]:
        """Let time pass: leaves a waypoint when its wait is over, notices a robot that is stuck."""
        if self.state is State.AT_WAYPOINT and self.now() >= self._leave_at:
            return self._advance()
        if self.state is State.DRIVING and self.now() - self._progress_at > self.settings.stuck_timeout_s:
            reason = f"stuck: no progress in {self.settings.stuck_timeout_s:g} s"
            return [Command.CANCEL_DRIVE, *self.drive_failed(NO_PROGRESS, reason)]
        return []

    def pause(self, reason: str) -> list[Command]:
        """Stand still, by an operator's wish or a protective stop; goes on only by `resume`."""
        if self.state is State.DRIVING:
            self._wait_left = None
            commands = [Command.CANCEL_DRIVE]
        elif self.state is State.AT_WAYPOINT:
            self._wait_left = max(0.0, self._leave_at - self.now())
            commands = []
        else:
            return []
        self.state = State.PAUSED
        self.message = f"paused: {reason}"
        return commands

    def resume(self) -> list[Command]:
        """Go on with the same waypoint."""
        if self.state is not State.PAUSED:
            return []
        if self._wait_left is None:
            return self._drive()
        self.state = State.AT_WAYPOINT
        self._leave_at = self.now() + self._wait_left
        self.message = f"waiting at '{self.waypoint.name}'"
        return []

    def stop(self, reason: str = "stopped by an operator") -> list[Command]:
        """End the round where the robot is."""
        if not self.under_way:
            return []
        return self._end_early(State.STOPPED, Outcome.NONE, reason)

    def battery(self, share: float) -> list[Command]:
        """The battery's charge in [0, 1]: says once that it is low, ends the round when it is critical."""
        if not self.under_way or not 0.0 <= share <= 1.0:
            return []
        if share <= self.settings.battery_critical:
            return self._end_early(State.FAILED, Outcome.BATTERY_LOW, f"battery critical: {share:.0%}")
        if share <= self.settings.battery_low and not self._battery_reported:
            self._battery_reported = True
            self.message = f"battery low: {share:.0%}; the round goes on"
        return []

    def _end_early(self, state: State, outcome: Outcome, reason: str) -> list[Command]:
        commands = [Command.CANCEL_DRIVE] if self.state is State.DRIVING else []
        stood_at_waypoint = self.state is State.AT_WAYPOINT or self._wait_left is not None
        left = self.index + 1 if stood_at_waypoint else self.index
        return [*commands, *self._finish(state, outcome, reason, from_index=left)]

    def _drive(self, message: str = "") -> list[Command]:
        self.state = State.DRIVING
        self.message = message or f"driving to '{self.waypoint.name}'"
        self.distance_remaining = float("nan")
        self._wait_left = None
        self._best_distance = float("inf")
        self._progress_at = self.now()
        return [Command.DRIVE]

    def _advance(self) -> list[Command]:
        self._attempt = 0
        if self.index + 1 < len(self.route.waypoints):
            self.index += 1
            return self._drive()
        self.lap += 1
        if self.laps and self.lap >= self.laps:
            text = f"{self.reached} waypoints reached, {len(self.missed)} missed"
            return self._finish(State.DONE, Outcome.NONE, text)
        self.index = 0
        return self._drive()

    def _miss(self, index: int, code: int, reason: str) -> None:
        self.missed.append(Missed(index, self.route.waypoints[index].name, self.lap, code, reason))

    def _finish(self, state: State, outcome: Outcome, message: str, from_index: int | None = None) -> list[Command]:
        """End; the waypoints of this lap from `from_index` on are recorded as missed, none is dropped silently."""
        if from_index is not None:
            for index in range(from_index, len(self.route.waypoints)):
                self._miss(index, NOT_DRIVEN, message)
        self.state, self.outcome, self.message = state, outcome, message
        return [Command.FINISH]
