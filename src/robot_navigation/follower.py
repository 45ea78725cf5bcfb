# SPDX-License-Identifier: Apache-2.0
"""Path follower: regulated pure pursuit that never commands a motion into what the scan shows.

Pure pursuit: Coulter, "Implementation of the Pure Pursuit Path Tracking Algorithm" (1992). The regulation by curvature
and proximity and the names of the settings follow Nav2's Regulated Pure Pursuit controller.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from robot_navigation.evasion import evade
from robot_navigation.footprint import Footprint, Obstacles, arc, first_contact
from robot_navigation.path_geometry import nearest_index, path_length, point_ahead
from ronda_core.se2 import SE2, normalise_angle


@dataclass(frozen=True)
class MotionLimits:
    """m/s, rad/s, m/s2, rad/s2."""

    speed: float = 0.7
    turn: float = 1.5
    acceleration: float = 0.8
    deceleration: float = 1.0
    turn_acceleration: float = 2.0


@dataclass(frozen=True)
class FollowerSettings:
    """Distances in metres, angles in radians, times in seconds. See docs/navigation.md for the meaning of each."""

    lookahead_time: float = 1.2
    min_lookahead_dist: float = 0.35
    max_lookahead_dist: float = 0.9
    regulated_linear_scaling_min_radius: float = 0.8
    regulated_linear_scaling_min_speed: float = 0.2
    proximity_distance: float = 0.5
    proximity_speed: float = 0.25
    approach_speed: float = 0.1
    rotate_to_heading_min_angle: float = 0.8
    rotate_until_angle: float = 0.25
    xy_goal_tolerance: float = 0.15
    yaw_goal_tolerance: float = 0.12
    margin: float = 0.04
    stop_distance: float = 0.15
    look_seconds: float = 2.0
    footprint: Footprint = field(default_factory=Footprint)


class Progress(Enum):
    """What the follower is doing."""

    FOLLOWING = "following"
    TURNING = "turning"
    BLOCKED = "blocked"
    EVADING = "evading"
    ARRIVED = "arrived"


@dataclass(frozen=True)
class Command:
    """Forward `speed` (m/s) and `turn` (rad/s, left positive), with the metres of path that are left."""

    speed: float
    turn: float
    progress: Progress
    remaining: float


class Follower:
    """Follows one path at a time; call `step` at a steady rate."""

    def __init__(self, limits: MotionLimits | None = None, settings: FollowerSettings | None = None) -> None:
        self.limits = limits or MotionLimits()
        self.settings = settings or FollowerSettings()
        self._points: NDArray[np.float64] = np.empty((0, 2))
        self._goal_yaw: float | None = None
        self._index = 0
        self._rotating = False
        self._at_goal = False
        self._speed = self._turn = 0.0

    def set_path(self, points: NDArray[np.float64], goal_yaw: float | None) -> None:
        """Follow `points` (N, 2) in the map frame and end at `goal_yaw` (None: any heading)."""
        self._points, self._goal_yaw = points, goal_yaw
        self._index = 0

    def new_goal(self) -> None:
        """Forget that the last goal was reached; the next path leads to another one."""
        self._at_goal = self._rotating = False

    @property
    def path(self) -> NDArray[np.float64]:
        """(N, 2) the part of the path that is still ahead."""
        return self._points[self._index :]

    def halt(self) -> Command:
        """Stand still, and start from zero the next time."""
        self._speed = self._turn = 0.0
        return Command(0.0, 0.0, Progress.BLOCKED, path_length(self.path))

    def step(self, pose: SE2, obstacles: Obstacles, dt: float) -> Command:
        """The command for the next `dt` seconds. `pose` is in the map frame, `obstacles` in the robot's frame."""
        before = (self._speed, self._turn)
        command = self._follow(pose, obstacles, dt)
        if command.progress is Progress.ARRIVED:
            return command
        other = evade(before, (command.speed, command.turn), obstacles, self.settings.footprint)
        if other is None:
            return command
        limits = self.limits
        most = (limits.deceleration if abs(other[0]) < abs(before[0]) else limits.acceleration) * dt
        self._speed = float(np.clip(other[0], before[0] - most, before[0] + most))
        self._turn = before[1]
        self._turn = self._limited_turn(other[1], dt)
        return Command(self._speed, self._turn, Progress.EVADING, command.remaining)

    def _follow(self, pose: SE2, obstacles: Obstacles, dt: float) -> Command:
        settings = self.settings
        if len(self._points) == 0:
            return self.halt()
        self._index = nearest_index(self._points, pose.x, pose.y, self._index, reach=1.5)
        remaining = path_length(self.path)
        near = obstacles.within(2.5)
        to_goal = math.hypot(self._points[-1, 0] - pose.x, self._points[-1, 1] - pose.y)
        if to_goal <= settings.xy_goal_tolerance or (self._at_goal and to_goal <= 2 * settings.xy_goal_tolerance):
            self._at_goal = True
            return self._finish(pose, near, dt, remaining)
        self._at_goal = False
        ahead_x, ahead_y = self._carrot(pose)
        bearing = math.atan2(ahead_y, ahead_x)
        limit = settings.rotate_until_angle if self._rotating else settings.rotate_to_heading_min_angle
        self._rotating = abs(bearing) > limit
        if self._rotating:
            return self._rotate(bearing, near, dt, remaining)
        curvature = 2.0 * ahead_y / max(ahead_x * ahead_x + ahead_y * ahead_y, 1e-6)
        speed = self._regulated(curvature, near, to_goal)
        return self._drive(speed, curvature, near, dt, remaining)

    def _carrot(self, pose: SE2) -> tuple[float, float]:
        settings = self.settings
        reach = float(
            np.clip(self._speed * settings.lookahead_time, settings.min_lookahead_dist, settings.max_lookahead_dist)
        )
        carrot = point_ahead(self._points, self._index, reach)
        local = pose.between(SE2(float(carrot[0]), float(carrot[1]), 0.0))
        return local.x, local.y

    def _regulated(self, curvature: float, obstacles: Obstacles, to_goal: float) -> float:
        settings, speed = self.settings, self.limits.speed
        if abs(curvature) * settings.regulated_linear_scaling_min_radius > 1.0:
            slowed = speed / (abs(curvature) * settings.regulated_linear_scaling_min_radius)
            speed = max(settings.regulated_linear_scaling_min_speed, slowed)
        gap = obstacles.gap(settings.footprint)
        if gap < settings.proximity_distance:
            ratio = max(0.0, gap / settings.proximity_distance)
            speed = min(speed, settings.proximity_speed + ratio * (self.limits.speed - settings.proximity_speed))
        braking = math.sqrt(2.0 * 0.5 * self.limits.deceleration * max(0.0, to_goal - 0.05))
        return min(speed, max(settings.approach_speed, braking))

    def _drive(self, wanted: float, curvature: float, obstacles: Obstacles, dt: float, remaining: float) -> Command:
        settings = self.settings
        speed = min(wanted, self._speed + self.limits.acceleration * dt)
        speed = max(speed, self._speed - self.limits.deceleration * dt) if self._speed > 0 else speed
        if abs(curvature) > 1e-6:
            speed = min(speed, self.limits.turn / abs(curvature))
        free = self._free_distance(max(speed, 0.2), curvature, obstacles)
        if free is not None:
            allowed = math.sqrt(2.0 * 0.7 * self.limits.deceleration * max(0.0, free - settings.stop_distance))
            if allowed < 0.05:
                # Stopping goes before the limit of deceleration; the drive brakes as hard as it can.
                self._speed = self._turn = 0.0
                return Command(0.0, 0.0, Progress.BLOCKED, remaining)
            speed = min(speed, allowed)
        self._speed = speed
        self._turn = self._limited_turn(speed * curvature, dt)
        return Command(self._speed, self._turn, Progress.FOLLOWING, remaining)

    def _free_distance(self, speed: float, curvature: float, obstacles: Obstacles) -> float | None:
        """Metres along the arc until contact, None when it is free for as long as it takes to look."""
        settings = self.settings
        seconds = settings.look_seconds + speed / self.limits.deceleration
        times = np.arange(0.0, seconds, 0.05 / max(speed, 0.2))
        hit = first_contact(
            arc(speed, speed * curvature, times), times, obstacles, settings.footprint.grown(settings.margin)
        )
        return None if hit is None else float(times[hit] * speed)

    def _rotate(self, error: float, obstacles: Obstacles, dt: float, remaining: float) -> Command:
        """Turn in place by `error` radians, or the other way round where that is free and this is not."""
        if self._speed > 0.05:
            # Come to rest first; a turn at speed would leave the path.
            self._speed = max(0.0, self._speed - self.limits.deceleration * dt)
            return self._drive_out(obstacles, dt, remaining)
        self._speed = 0.0
        if not self.can_turn(error, obstacles):
            other = error - math.copysign(2 * math.pi, error)
            if not self.can_turn(other, obstacles):
                self._turn = 0.0
                return Command(0.0, 0.0, Progress.BLOCKED, remaining)
            error = other
        target = math.copysign(min(self.limits.turn, math.sqrt(self.limits.turn_acceleration * abs(error))), error)
        if abs(target) < 0.15:
            target = math.copysign(0.15, target)
        self._turn = self._limited_turn(target, dt)
        return Command(0.0, self._turn, Progress.TURNING, remaining)

    def _drive_out(self, obstacles: Obstacles, dt: float, remaining: float) -> Command:
        self._turn = self._limited_turn(0.0, dt)
        times = np.arange(0.0, 0.6, 0.1)
        grown = self.settings.footprint.grown(self.settings.margin)
        if first_contact(arc(self._speed, self._turn, times), times, obstacles, grown) is not None:
            self._speed = self._turn = 0.0
        return Command(self._speed, self._turn, Progress.TURNING, remaining)

    def can_turn(self, angle: float, obstacles: Obstacles) -> bool:
        """Whether the robot can turn in place by up to 0.8 rad of `angle` without touching anything."""
        reach = math.copysign(min(abs(angle), 0.8), angle)
        steps = np.linspace(0.0, 1.0, 9)
        poses = np.column_stack([np.zeros(9), np.zeros(9), steps * reach])
        grown = self.settings.footprint.grown(0.5 * self.settings.margin)
        return first_contact(poses, steps * abs(reach), obstacles, grown) is None

    def _finish(self, pose: SE2, obstacles: Obstacles, dt: float, remaining: float) -> Command:
        error = 0.0 if self._goal_yaw is None else normalise_angle(self._goal_yaw - pose.yaw)
        if abs(error) > self.settings.yaw_goal_tolerance:
            return self._rotate(error, obstacles, dt, remaining)
        self._speed = self._turn = 0.0
        return Command(0.0, 0.0, Progress.ARRIVED, remaining)

    def _limited_turn(self, wanted: float, dt: float) -> float:
        most = self.limits.turn_acceleration * dt
        return float(
            np.clip(np.clip(wanted, self._turn - most, self._turn + most), -self.limits.turn, self.limits.turn)
        )
