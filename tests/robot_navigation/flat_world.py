# SPDX-License-Identifier: Apache-2.0
"""A flat world for tests: boxes that are on the map, round people that are not, an exact lidar, and a robot."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from robot_navigation.grid import GridMap
from robot_navigation.scan import Scan, read_scan
from robot_navigation.world_map import Solid, box, draw_map
from ronda_core.se2 import SE2

BEAMS = 360
RANGE = 12.0


@dataclass
class Person:
    """A round obstacle that may walk to and fro between two points, and stops before a robot in the way."""

    x: float
    y: float
    radius: float = 0.25
    to: tuple[float, float] | None = None
    speed: float = 1.0
    courtesy: float = 0.3
    waited: float = 0.0

    def at(self, t: float) -> tuple[float, float]:
        """Where the person is at time `t`."""
        if self.to is None:
            return self.x, self.y
        length = math.hypot(self.to[0] - self.x, self.to[1] - self.y)
        along = ((t - self.waited) * self.speed) % (2 * length)
        share = min(along, 2 * length - along) / length
        return self.x + share * (self.to[0] - self.x), self.y + share * (self.to[1] - self.y)


@dataclass
class FlatWorld:
    """`boxes` are (x0, y0, x1, y1) in metres."""

    boxes: list[tuple[float, float, float, float]]
    people: list[Person] = field(default_factory=list)

    def solids(self) -> list[Solid]:
        """The boxes, 2 m high."""
        result = []
        for x0, y0, x1, y1 in self.boxes:
            pose = np.eye(4)
            pose[:3, 3] = (x0 + x1) / 2, (y0 + y1) / 2, 1.0
            result.append(box((x1 - x0, y1 - y0, 2.0), pose))
        return result

    def grid(self, resolution: float = 0.05) -> GridMap:
        """The map of the boxes."""
        return draw_map(self.solids(), resolution=resolution, band=(0.1, 0.5))

    def ranges(self, pose: SE2, t: float = 0.0) -> NDArray[np.float64]:
        """(BEAMS,) distances from `pose`, infinite beyond the lidar's range."""
        angles = pose.yaw + np.linspace(-math.pi, math.pi, BEAMS, endpoint=False)
        dx, dy = np.cos(angles), np.sin(angles)
        best = np.full(BEAMS, np.inf)
        with np.errstate(divide="ignore", invalid="ignore"):
            for x0, y0, x1, y1 in self.boxes:
                tx = np.sort(np.stack([(x0 - pose.x) / dx, (x1 - pose.x) / dx]), axis=0)
                ty = np.sort(np.stack([(y0 - pose.y) / dy, (y1 - pose.y) / dy]), axis=0)
                enter, leave = np.fmax(tx[0], ty[0]), np.fmin(tx[1], ty[1])
                best = np.where((enter <= leave) & (enter > 0), np.minimum(best, enter), best)
            for person in self.people:
                px, py = person.at(t)
                along = (px - pose.x) * dx + (py - pose.y) * dy
                off = person.radius**2 - ((px - pose.x) ** 2 + (py - pose.y) ** 2 - along**2)
                enter = along - np.sqrt(np.maximum(off, 0))
                best = np.where((off >= 0) & (enter > 0), np.minimum(best, enter), best)
        return np.where(best < RANGE, best, np.inf)

    def scan(self, pose: SE2, t: float, rng: np.random.Generator | None = None, noise: float = 0.01) -> Scan:
        """A scan as the robot's code reads it."""
        ranges = self.ranges(pose, t)
        if rng is not None:
            ranges = ranges + rng.standard_normal(BEAMS) * noise
        return read_scan(
            ranges,
            stamp=t,
            angle_min=-math.pi,
            angle_increment=2 * math.pi / BEAMS,
            range_min=0.05,
            range_max=RANGE,
            mount=SE2(),
        )

    def let_people_wait(self, pose: SE2, t: float, dt: float) -> None:
        """Keep people where they are for `dt` who would else walk into the robot."""
        for person in self.people:
            (x, y), (next_x, next_y) = person.at(t), person.at(t + dt)
            away, next_away = math.hypot(x - pose.x, y - pose.y), math.hypot(next_x - pose.x, next_y - pose.y)
            # The circle around the robot's rectangle.
            if next_away < away and next_away < person.radius + 0.30 + person.courtesy:
                person.waited += dt

    def gap(self, pose: SE2, t: float, front: float = 0.225, side: float = 0.20) -> float:
        """Metres between the robot's rectangle and the nearest thing; negative or zero is a contact."""
        cos, sin = math.cos(pose.yaw), math.sin(pose.yaw)
        gaps = [math.inf]
        for person in self.people:
            px, py = person.at(t)
            x = cos * (px - pose.x) + sin * (py - pose.y)
            y = cos * (py - pose.y) - sin * (px - pose.x)
            gaps.append(math.hypot(max(abs(x) - front, 0), max(abs(y) - side, 0)) - person.radius)
        edge = np.array([(u * front, v * side) for u in np.linspace(-1, 1, 7) for v in np.linspace(-1, 1, 7)])
        world = edge @ np.array([[cos, sin], [-sin, cos]]) + (pose.x, pose.y)
        for x0, y0, x1, y1 in self.boxes:
            dx = np.maximum(np.maximum(x0 - world[:, 0], world[:, 0] - x1), 0)
            dy = np.maximum(np.maximum(y0 - world[:, 1], world[:, 1] - y1), 0)
            gaps.append(float(np.hypot(dx, dy).min()))
        return min(gaps)


@dataclass
class Robot:
    """A differential drive with limits, and odometry that drifts."""

    pose: SE2
    odom: SE2 = field(default_factory=SE2)
    speed: float = 0.0
    turn: float = 0.0
    scale_error: float = 0.02
    turn_error: float = 0.03

    def drive(self, speed: float, turn: float, dt: float) -> None:
        """Move for `dt` seconds towards the commanded speed and turn."""
        self.speed += float(np.clip(speed - self.speed, -1.2 * dt, 1.2 * dt))
        self.turn += float(np.clip(turn - self.turn, -3.0 * dt, 3.0 * dt))
        step = SE2(self.speed * dt, 0.0, self.turn * dt)
        self.pose = self.pose.compose(step)
        self.odom = self.odom.compose(SE2(step.x * (1 + self.scale_error), 0.0, step.yaw * (1 + self.turn_error)))


def building() -> FlatWorld:
    """Two halls and a corridor, about 16 m x 10 m, with furniture; no two places look alike."""
    walls = [
        (-8.2, -5.2, 8.2, -5.0), (-8.2, 5.0, 8.2, 5.2), (-8.2, -5.0, -8.0, 5.0), (8.0, -5.0, 8.2, 5.0),
        (-1.1, -5.0, -0.9, -1.5), (-1.1, 0.3, -0.9, 5.0), (3.0, 1.4, 8.0, 1.6), (1.0, 1.4, 1.8, 1.6),
    ]  # fmt: skip
    things = [(-6.5, -3.5, -5.5, -2.0), (-5.0, 2.0, -3.0, 2.6), (-3.6, -1.6, -3.2, -1.2), (2.0, -3.4, 4.5, -2.8),
              (5.9, -0.8, 6.3, -0.4), (5.0, 3.4, 6.5, 4.2)]  # fmt: skip
    return FlatWorld(walls + things)
