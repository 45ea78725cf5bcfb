# SPDX-License-Identifier: Apache-2.0
"""Keeps out of the way of people who walk: tries a few motions in thought and takes the nearest good one.

A small dynamic window (Fox, Burgard, Thrun, "The Dynamic Window Approach to Collision Avoidance", 1997) over moving
obstacles at constant velocity. It only acts when the motion that is wanted would end in a contact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from robot_navigation.footprint import Footprint, Obstacles

HORIZON = 2.4
STEP = 0.12
SPEEDS = (-0.5, -0.25, 0.0, 0.3, 0.6)
TURNS = (-1.0, 0.0, 1.0)


@dataclass(frozen=True)
class EvasionSettings:
    """`comfort`: metres of room in the prediction that are enough. `slowest`: obstacles below it (m/s) do not count as
    moving. `acceleration`, `turn_acceleration`: what the drive can do (m/s2, rad/s2)."""

    comfort: float = 0.35
    slowest: float = 0.2
    acceleration: float = 1.0
    turn_acceleration: float = 2.0
    reach: float = 3.5


def evade(
    now: tuple[float, float],
    wanted: tuple[float, float],
    obstacles: Obstacles,
    footprint: Footprint,
    settings: EvasionSettings | None = None,
) -> tuple[float, float] | None:
    """(speed, turn) to command instead of `wanted`, or None when `wanted` is good.

    `now` is the present speed and turn. Of the motions with comfortable room the one nearest to `wanted` is taken; when
    none has, the one with the most room.
    """
    settings = settings or EvasionSettings()
    near = _relevant(obstacles, settings)
    if near is None:
        return None
    tries = [wanted, (0.0, 0.0), *((speed, turn) for speed in SPEEDS for turn in TURNS)]
    if _room(_trajectory(now, wanted, settings), near, footprint) >= settings.comfort:
        return None
    rooms = np.array([_room(_trajectory(now, target, settings), near, footprint) for target in tries])
    effort = np.array([abs(speed - wanted[0]) + 0.2 * abs(turn - wanted[1]) for speed, turn in tries])
    good = rooms >= settings.comfort
    best = int(np.argmin(np.where(good, effort, np.inf))) if good.any() else int(np.argmax(rooms - 0.02 * effort))
    return None if best == 0 else tries[best]


def _relevant(obstacles: Obstacles, settings: EvasionSettings) -> Obstacles | None:
    """The obstacles near enough to matter, thinned out; None when none of them comes towards the robot."""
    distance = np.hypot(*obstacles.points.T)
    moving = np.hypot(*obstacles.velocities.T) > settings.slowest
    if not (moving & (distance < settings.reach)).any():
        return None
    # Of what stands still only what the robot could reach within the horizon counts.
    kept = np.nonzero(np.where(moving, distance < settings.reach, distance < 1.8))[0]
    kept = kept[:: max(1, len(kept) // 150)]
    return Obstacles(obstacles.points[kept], obstacles.velocities[kept])


def _trajectory(
    now: tuple[float, float], target: tuple[float, float], settings: EvasionSettings
) -> NDArray[np.float64]:
    """(T, 3) poses at each time step while speed and turn go from `now` to `target` within the limits."""
    times = STEP * np.arange(1, round(HORIZON / STEP) + 1, dtype=np.float64)
    speeds = _ramp(now[0], target[0], settings.acceleration, times)
    yaw = np.cumsum(_ramp(now[1], target[1], settings.turn_acceleration, times)) * STEP
    middle = yaw - 0.5 * np.diff(yaw, prepend=0.0)
    return np.column_stack([np.cumsum(speeds * np.cos(middle)) * STEP, np.cumsum(speeds * np.sin(middle)) * STEP, yaw])


def _ramp(start: float, end: float, rate: float, times: NDArray[np.float64]) -> NDArray[np.float64]:
    change = np.clip(end - start, -rate * times, rate * times)
    return np.asarray(start + change)


def _room(poses: NDArray[np.float64], obstacles: Obstacles, footprint: Footprint) -> float:
    """Least distance in metres between footprint and obstacles over the trajectory."""
    times = np.arange(1, len(poses) + 1) * STEP
    points = obstacles.points[None] + obstacles.velocities[None] * times[:, None, None]
    offset = points - poses[:, None, :2]
    cos, sin = np.cos(poses[:, 2])[:, None], np.sin(poses[:, 2])[:, None]
    x = cos * offset[..., 0] + sin * offset[..., 1]
    y = cos * offset[..., 1] - sin * offset[..., 0]
    dx = np.maximum(np.maximum(x - footprint.front, -footprint.back - x), 0.0)
    dy = np.maximum(np.abs(y) - footprint.side, 0.0)
    gaps = np.hypot(dx, dy).min(axis=1)
    return float((gaps).min())
