# SPDX-License-Identifier: Apache-2.0
"""One driver: follows a route, keeps to the speeds, stops at lines and for what stands in the way.

What the driver decides is how far the car may roll; `Traffic` finds out what is in the way and asks each tick.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

from robot_simulation.garage_layout import CAR_FORWARD, CAR_LENGTH, CAR_WIDTH
from robot_simulation.rectangle import Rectangle, outline
from robot_simulation.traffic.route import Route
from robot_simulation.traffic.schedule import Behaviour, Trip
from ronda_core.se2 import SE2

ACCELERATION, BRAKING = 1.0, 1.6
"""m/s2: unhurried; hard braking is about 8."""
GAP = 1.2
"""Metres kept to what stands in the way."""
STEP = 0.4
"""Distance between the places along the way that are looked at (m)."""
LOOK_S = 1.0
"""A driver looks this long at the open arm before setting off."""
OPEN_SHARE, FALLING_SHARE = 0.95, 0.8
"""An arm is open above the first share of its travel, and about to close below the second."""
SIDE_GAIN, HEADING_GAIN = 1.0, 1.8
"""Steering after an error: 1/m2 and 1/m (a Lyapunov function of both errors falls for any gains above zero)."""
LAG_S = 0.05
"""A command acts about half a tick and a hop later."""


class Phase(IntEnum):
    """What a driver is doing; values as in ronda/DriverState."""

    WAITING = 0
    ARRIVING = 1
    AT_ENTRY = 2
    ENTERING = 3
    PARKED = 4
    WANTS_OUT = 5
    LEAVING = 6
    AT_EXIT = 7
    DRIVING_OFF = 8
    GONE = 9


@dataclass(frozen=True, slots=True)
class Motion:
    """What a car is to do: forward speed (m/s) and turn rate (rad/s)."""

    v: float = 0.0
    w: float = 0.0


def car_outline(pose: SE2) -> Rectangle:
    """Return what a car covers whose rear axle is at `pose`."""
    return outline(pose.x, pose.y, pose.yaw, length=CAR_LENGTH, width=CAR_WIDTH, forward=CAR_FORWARD)


class Driver:
    """The state of one car's driver."""

    def __init__(self, trip: Trip) -> None:
        self.trip = trip
        self.phase = Phase.PARKED if trip.parked else Phase.WAITING
        self.since = 0.0
        self.route: Route | None = None
        self.s = 0.0
        self.v = 0.0
        self.waits_for = ""
        self.told = False
        self.through = False
        self._stood_since: float | None = None
        self._outlines: list[tuple[float, Rectangle]] = []

    @property
    def on_the_way(self) -> bool:
        """Whether the car is on a route."""
        return self.route is not None

    @property
    def claiming(self) -> bool:
        """Whether the car is manoeuvring across the lane."""
        return self.route is not None and self.s < self.route.claim

    def enter(self, phase: Phase, now: float) -> None:
        """Change the phase."""
        if phase is not self.phase:
            self.phase, self.since = phase, now

    def wants_to_go(self, now: float) -> bool:
        """Whether the driver means to set off from a standing place."""
        if self.phase is Phase.WAITING:
            return self.told or now >= self.trip.arrive
        if self.phase is Phase.PARKED:
            return self.told or now - self.since >= self.trip.stay
        return self.phase is Phase.WANTS_OUT

    def set_off(self, route: Route, now: float) -> None:
        """Begin a route."""
        self.route, self.s, self.v, self.through, self.told = route, 0.0, 0.0, False, False
        self._stood_since = None
        count = math.ceil(route.path.length / STEP)
        places = [min(index * STEP, route.path.length) for index in range(count + 1)]
        self._outlines = [(s, car_outline(route.path.pose(s))) for s in places]
        self.enter(Phase.ARRIVING if self.phase is Phase.WAITING else Phase.LEAVING, now)

    def ahead(self, metres: float) -> list[tuple[float, Rectangle]]:
        """Return the outlines that the car will cover on its next metres, each with its `s`."""
        if self.route is None:
            return []
        first = math.floor(self.s / STEP) + 1
        last = math.floor((self.s + metres) / STEP) + 1
        return self._outlines[first : last + 1]

    def sight(self) -> float:
        """Return how far the driver has to look ahead (m)."""
        return self.v * self.v / (2 * BRAKING) + GAP + 2 * STEP + self.v * 0.3

    def gate_limit(self, now: float, *, arm: float, lane_free: bool) -> tuple[float, str]:
        """Return up to which `s` the gate lets the driver roll, and what stops it.

        arm: share of the arm's travel, 1 is open; lane_free: nobody is on the loop, and nobody will be let in by the
        opening that is under way.
        """
        assert self.route is not None
        marks = self.route.marks
        if self.s > marks.arm:
            return math.inf, ""
        if self.through and arm > FALLING_SHARE:
            return math.inf, ""
        # Never under an arm that comes down: whoever was on the way through has to wait for the next opening.
        self.through = False
        if self.trip.behaviour is Behaviour.TAILGATER and arm > FALLING_SHARE:
            self.through = True
            return math.inf, ""
        if self.s < marks.hold + 0.3 and not lane_free:
            return marks.hold, "gate"
        line = marks.stop if self.s < marks.stop + 0.1 else marks.arm
        if self.s < marks.stop - 0.4 or self.v > 0.05:
            self._stood_since = None
            return line, "stop line"
        if self._stood_since is None:
            self._stood_since = now
            entry = self.phase in (Phase.ARRIVING, Phase.AT_ENTRY)
            self.enter(Phase.AT_ENTRY if entry else Phase.AT_EXIT, now)
        if arm < OPEN_SHARE or now - self._stood_since < LOOK_S:
            return line, "arm"
        self.through = True
        return math.inf, ""

    def drive(self, pose: SE2, limit: float, seconds: float) -> Motion:
        """Return the motion for the next tick of `seconds`, so that the car stands at `s` = limit at the latest."""
        assert self.route is not None
        path = self.route.path
        for turn in path.turning_points():
            if self.s < turn - 0.02:
                limit = min(limit, turn)
                break
        room = max(min(limit, path.length) - self.s, 0.0)
        wanted = min(path.speed_limit(self.s, BRAKING * 0.6), math.sqrt(2 * BRAKING * 0.7 * room))
        # The last centimetres: creep instead of approaching for ever.
        wanted = 0.0 if room < 0.02 else max(wanted, 0.1)
        change = wanted - self.v
        self.v += min(max(change, -3.0 * seconds), ACCELERATION * seconds)
        if self.v <= 0.0:
            self.v = 0.0
            return Motion()
        piece = path.piece(min(self.s + self.v * LAG_S, path.length))
        here = path.pose(self.s)
        v = self.v * piece.direction
        side = (pose.y - here.y) * math.cos(here.yaw) - (pose.x - here.x) * math.sin(here.yaw)
        turn = math.remainder(pose.yaw - here.yaw, math.tau)
        w = v * piece.curvature - v * SIDE_GAIN * side - self.v * HEADING_GAIN * turn
        return Motion(v, w)

    def take_pose(self, pose: SE2) -> None:
        """Find out how far the car has come; at a turning point, turn once it stands there."""
        if self.route is None:
            return
        path = self.route.path
        for turn in path.turning_points():
            if turn - 0.03 <= self.s < turn + 1e-6:
                self.s = turn + 1e-6
                self.v = 0.0
                return
        self.s = path.progress(pose, self.s)

    def arrived(self) -> bool:
        """Whether the route has come to its end."""
        return self.route is not None and self.s >= self.route.path.length - 0.03 and self.v < 0.15
