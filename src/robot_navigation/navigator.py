# SPDX-License-Identifier: Apache-2.0
"""Drives to one goal at a time: when to plan, follow, wait, recover, pause and give up. Knows no ROS and no clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from robot_navigation.codes import NavigationCode
from robot_navigation.costmap import Costmap
from robot_navigation.errors import PlanningError
from robot_navigation.follower import Command, Follower, FollowerSettings, MotionLimits
from robot_navigation.follower import Progress as FollowerProgress
from robot_navigation.localiser import LocalisationState
from robot_navigation.progress import ProgressChecker
from robot_navigation.recovery import LADDER, Recovery, RecoverySettings, RunningRecovery
from robot_navigation.route_keeper import KeeperSettings, RouteKeeper
from robot_navigation.surroundings import Surroundings
from robot_navigation.wander import Wander
from ronda_core.se2 import SE2


class NavigationState(Enum):
    """`state` of the action's feedback."""

    IDLE = "idle"
    LOCALISING = "localising"
    DRIVING = "driving"
    TURNING = "turning"
    WAITING_FOR_OBSTACLE = "waiting_for_obstacle"
    RECOVERING = "recovering"
    PAUSED = "paused"


@dataclass(frozen=True)
class NavigatorSettings:
    """Seconds and metres. `goal_shift_at_end`: how far from the goal the robot may end when something stands on it.

    A goal is given up when the scan, the odometry or the map is missing for `give_up_after`; `first_wait` is granted to
    what has never come, because the robot may be starting up.
    """

    replan_every: float = 1.0
    replan_blocked_every: float = 0.5
    scan_timeout: float = 0.5
    pose_timeout: float = 0.5
    give_up_after: float = 2.0
    first_wait: float = 15.0
    localise_for: float = 60.0
    blocked_before_recovery: float = 4.0
    max_recoveries: int = 6
    recovered_after: float = 1.5
    goal_shift_at_end: float = 0.8
    keeper: KeeperSettings = field(default_factory=KeeperSettings)
    recovery: RecoverySettings = field(default_factory=RecoverySettings)


@dataclass(frozen=True)
class Situation:
    """What is known at one control step. `odom` is the pose of base_footprint in odom, None when it is too old.

    `map_to_odom` is None while there is none. `autonomy` is False while teleoperation, a protective stop or an
    emergency stop holds the robot, until autonomy is resumed on purpose.
    """

    now: float
    odom: SE2 | None
    map_to_odom: SE2 | None
    localisation: LocalisationState
    autonomy: bool = True


@dataclass(frozen=True)
class Outcome:
    """How a goal ended: `code` NONE is success."""

    code: NavigationCode
    message: str


@dataclass(frozen=True)
class Step:
    """The answer to one control step: what to command, what to report, and the outcome on the goal's last step."""

    speed: float = 0.0
    turn: float = 0.0
    state: NavigationState = NavigationState.IDLE
    remaining: float = 0.0
    recoveries: int = 0
    path_changed: bool = False
    outcome: Outcome | None = None


class Navigator:
    """The decisions of the navigator node. Call `step` at the control rate with a steady clock's time."""

    def __init__(
        self,
        settings: NavigatorSettings | None = None,
        limits: MotionLimits | None = None,
        follower: FollowerSettings | None = None,
    ) -> None:
        self.settings = settings or NavigatorSettings()
        self.follower = Follower(limits, follower)
        self._wander = Wander()
        self._goal: SE2 | None = None
        self._keeper: RouteKeeper | None = None
        self._progress = ProgressChecker()
        self._has_seen = False
        self._clear_goal()

    @property
    def path(self) -> NDArray[np.float64]:
        """(N, 2) the path in force, in the map frame; empty when there is none."""
        return self._keeper.plan.points if self._keeper is not None and self._keeper.plan else np.empty((0, 2))

    @property
    def costmap(self) -> Costmap | None:
        """The cost map of the last planning; None when there was none for this goal."""
        return self._keeper.costmap if self._keeper is not None else None

    @property
    def active(self) -> bool:
        """Whether there is a goal."""
        return self._goal is not None

    def start(self, goal: SE2) -> None:
        """Drive to `goal` in the map frame; a goal that was under way is dropped (pre-empted)."""
        self._clear_goal()
        self._goal = goal
        self._keeper = RouteKeeper(goal, self.settings.keeper)
        self.follower.new_goal()

    def cancel(self) -> None:
        """Drop the goal; the next step commands a stop."""
        self._clear_goal()

    def _clear_goal(self) -> None:
        self._goal, self._keeper = None, None
        self._goal_checked = False
        self._recovery: RunningRecovery | None = None
        self._ladder: Iterator[Recovery] = iter(LADDER)
        self._recoveries = 0
        self._recovered_at: SE2 | None = None
        self._blocked_since: float | None = None
        self._blind_since: float | None = None
        self._localising_since: float | None = None
        self._planned_at = -np.inf
        self._last: float | None = None
        self._progress.reset()

    def step(self, situation: Situation, surroundings: Surroundings | None) -> Step:
        """Decide for the moment `situation.now`. `surroundings` is None until a map has come."""
        dt = 0.05 if self._last is None else float(np.clip(situation.now - self._last, 0.0, 0.2))
        self._last = situation.now
        if self._goal is None:
            self.follower.halt()
            return Step()
        if not situation.autonomy:
            return self._pause()
        blind = self._blindness(situation, surroundings)
        if blind is not None:
            return self._stand_blind(situation.now, *blind)
        self._blind_since, self._has_seen = None, True
        assert surroundings is not None and situation.odom is not None
        if situation.localisation is LocalisationState.LOST:
            return self._end(NavigationCode.LOCALISATION_LOST, "the robot does not know where it is any more")
        if situation.localisation is not LocalisationState.LOCALISED or situation.map_to_odom is None:
            return self._localise(situation, surroundings)
        self._localising_since = None
        return self._drive(situation, surroundings, dt)

    def _pause(self) -> Step:
        self.follower.halt()
        self._recovery = self._blocked_since = self._blind_since = self._localising_since = None
        self._progress.reset()
        self._planned_at = -np.inf  # whoever drove the robot meanwhile left it somewhere else
        return self._report(0.0, 0.0, NavigationState.PAUSED)

    def _blindness(self, situation: Situation, surroundings: Surroundings | None) -> tuple[NavigationCode, str] | None:
        if surroundings is None:
            return NavigationCode.UNKNOWN, "no map has come"
        scan = surroundings.scan
        if scan is None or situation.now - scan.stamp > self.settings.scan_timeout:
            return NavigationCode.SENSOR_STALE, "no scan comes in"
        if not scan.valid:
            return NavigationCode.SENSOR_STALE, "the scan holds no usable readings"
        if situation.odom is None:
            return NavigationCode.TF_ERROR, "no odometry comes in"
        return None

    def _stand_blind(self, now: float, code: NavigationCode, message: str) -> Step:
        self.follower.halt()
        if self._blind_since is None:
            self._blind_since = now
        patience = self.settings.give_up_after if self._has_seen else self.settings.first_wait
        if now - self._blind_since > patience:
            return self._end(code, f"{message} for {patience:g} s")
        return self._report(0.0, 0.0, NavigationState.WAITING_FOR_OBSTACLE)

    def _localise(self, situation: Situation, surroundings: Surroundings) -> Step:
        """Move a little where it is free, so that the localisation gets different scans to decide by."""
        assert situation.odom is not None
        if self._localising_since is None:
            self._localising_since = situation.now
            self._wander.reset()
        if situation.now - self._localising_since > self.settings.localise_for:
            return self._end(
                NavigationCode.LOCALISATION_LOST,
                f"the position was not found within {self.settings.localise_for:g} s; give it on initialpose",
            )
        speed, turn = (0.0, 0.0)
        if situation.localisation is LocalisationState.CONVERGING:
            obstacles = surroundings.around(situation.odom, situation.now)
            speed, turn = self._wander.step(situation.odom, obstacles, self.follower.settings.footprint.grown(0.1))
        return self._report(speed, turn, NavigationState.LOCALISING)

    def _drive(self, situation: Situation, surroundings: Surroundings, dt: float) -> Step:
        odom, now, map_to_odom = situation.odom, situation.now, situation.map_to_odom
        assert self._keeper is not None and self._goal is not None
        assert odom is not None and map_to_odom is not None
        pose = map_to_odom.compose(odom)
        obstacles = surroundings.around(odom, now)
        if not self._goal_checked:
            try:
                self._keeper.check_goal(surroundings, pose)
            except PlanningError as error:
                if error.code is not NavigationCode.START_OCCUPIED:
                    return self._end(error.code, f"{error}; {error.hint}")
            self._goal_checked = True
        if self._recovery is not None:
            step = self._recover(odom, now, surroundings)
            if step is not None:
                return step
        changed = self._plan(surroundings, map_to_odom, pose, now)
        off = pose.distance_to(self._goal)
        if self._keeper.goal_is_taken and off <= self.settings.goal_shift_at_end:
            return self._end(NavigationCode.NONE, f"something stands on the goal; stopped {off:.2f} m from it")
        if self._keeper.plan is None:
            command = self.follower.halt()
        else:
            if changed:
                shifted = self._keeper.plan.goal_moved > 0.05
                self.follower.set_path(self._keeper.plan.points, None if shifted else self._goal_yaw)
            command = self.follower.step(pose, obstacles, dt)
        return self._after(command, odom, now, dt, changed)

    @property
    def _goal_yaw(self) -> float:
        assert self._goal is not None
        return self._goal.yaw

    def _plan(self, surroundings: Surroundings, map_to_odom: SE2, pose: SE2, now: float) -> bool:
        assert self._keeper is not None
        held_up = self._blocked_since is not None or self._keeper.plan is None
        every = self.settings.replan_blocked_every if held_up else self.settings.replan_every
        if now - self._planned_at < every:
            return False
        self._planned_at = now
        return self._keeper.update(surroundings, map_to_odom, pose)

    def _after(self, command: Command, odom: SE2, now: float, dt: float, changed: bool) -> Step:
        assert self._keeper is not None
        if command.progress is FollowerProgress.ARRIVED:
            moved = self._keeper.plan.goal_moved if self._keeper.plan else 0.0
            if moved <= self.settings.goal_shift_at_end:
                return self._end(
                    NavigationCode.NONE, "the goal was reached" + (f", {moved:.2f} m off" if moved else "")
                )
            command = self.follower.halt()
        if self._recovered_at is not None and self._recovered_at.distance_to(odom) > self.settings.recovered_after:
            self._recovered_at, self._recoveries, self._ladder = None, 0, iter(LADDER)
        if command.progress is FollowerProgress.BLOCKED:
            if self._blocked_since is None:
                self._blocked_since, self._planned_at = now, min(self._planned_at, now - 0.3)
            if now - self._blocked_since > self.settings.blocked_before_recovery:
                return self._next_recovery(odom, now)
            return self._report(0.0, 0.0, NavigationState.WAITING_FOR_OBSTACLE, command.remaining, changed)
        self._blocked_since = None
        if command.progress is FollowerProgress.EVADING:
            return self._report(
                command.speed, command.turn, NavigationState.WAITING_FOR_OBSTACLE, command.remaining, changed
            )
        if self._progress.stuck(odom, dt):
            return self._next_recovery(odom, now)
        turning = command.progress is FollowerProgress.TURNING
        state = NavigationState.TURNING if turning else NavigationState.DRIVING
        return self._report(command.speed, command.turn, state, command.remaining, changed)

    def _next_recovery(self, odom: SE2, now: float) -> Step:
        assert self._keeper is not None
        self._progress.reset()
        kind = next(self._ladder, None)
        if kind is None or self._recoveries >= self.settings.max_recoveries:
            failure = self._keeper.failure
            if failure is not None:
                return self._end(failure.code, f"{failure}; {self._recoveries} recoveries did not help")
            if self._keeper.goal_is_taken:
                return self._end(NavigationCode.GOAL_OCCUPIED, "something stands on the goal and did not go away")
            return self._end(NavigationCode.NO_PROGRESS, f"the way stayed blocked; {self._recoveries} recoveries tried")
        self._recoveries += 1
        self._recovered_at = odom
        self._recovery = RunningRecovery(kind, self.settings.recovery, odom, now)
        self.follower.halt()
        return self._report(0.0, 0.0, NavigationState.RECOVERING)

    def _recover(self, odom: SE2, now: float, surroundings: Surroundings) -> Step | None:
        assert self._recovery is not None
        if self._recovery.kind is Recovery.CLEAR:
            surroundings.forget()
        footprint = self.follower.settings.footprint.grown(self.follower.settings.margin)
        command = self._recovery.step(odom, surroundings.around(odom, now), footprint, now)
        if command is not None:
            return self._report(*command, NavigationState.RECOVERING)
        self._recovery = None
        self._blocked_since, self._planned_at = None, -np.inf
        return None

    def _report(
        self, speed: float, turn: float, state: NavigationState, remaining: float = 0.0, changed: bool = False
    ) -> Step:
        return Step(speed, turn, state, remaining, self._recoveries, changed)

    def _end(self, code: NavigationCode, message: str) -> Step:
        recoveries = self._recoveries
        self._clear_goal()
        self.follower.halt()
        return Step(recoveries=recoveries, outcome=Outcome(code, message))
