# SPDX-License-Identifier: Apache-2.0
"""A garage without physics: cars that move exactly as told, arms that open for whoever stands at the line."""

import math
from itertools import combinations

from robot_simulation.garage_layout import GATES, Gate, home
from robot_simulation.traffic.driver import Phase, car_outline
from robot_simulation.traffic.traffic import Obstacle, Traffic
from ronda_core.se2 import SE2

TICK = 0.05


class LittleGarage:
    """Steps a `Traffic` and watches that nobody touches anybody."""

    def __init__(self, trips, poses=None, *, opens=lambda gate, car: True):
        self.traffic = Traffic(trips)
        self.poses = dict(poses or {})
        waiting = 0
        for trip in trips:
            if trip.car in self.poses:
                continue
            if trip.parked:
                self.poses[trip.car] = self.traffic.bay_of(trip.car).parked
            else:
                self.poses[trip.car], waiting = home(waiting), waiting + 1
        self.opens = opens
        self.arms = {gate.name: 0.0 for gate in GATES}
        self.open_for = {gate.name: None for gate in GATES}
        self.obstacles: list[Obstacle] = []
        self.now = 0.0
        self.crashes: list[tuple[str, str, float]] = []
        self.passages: list[tuple[str, str]] = []
        self.top_speed = 0.0

    def run(self, seconds, until=lambda: False):
        """Go on for so long, or until something holds; returns whether it did."""
        end = self.now + seconds
        while self.now < end:
            if until():
                return True
            self.step()
        return until()

    def step(self):
        self.now += TICK
        motions = self.traffic.step(self.now, self.poses, self.arms, self.obstacles)
        for car, motion in motions.items():
            pose = self.poses[car]
            heading = pose.yaw + motion.w * TICK / 2
            self.top_speed = max(self.top_speed, abs(motion.v))
            self.poses[car] = SE2(
                pose.x + motion.v * TICK * math.cos(heading),
                pose.y + motion.v * TICK * math.sin(heading),
                pose.yaw + motion.w * TICK,
            )
        for gate in GATES:
            self._work(gate)
        moving = {car for car, motion in motions.items() if motion.v}
        for one, two in combinations(self.poses, 2):
            if {one, two} & moving and car_outline(self.poses[one]).overlaps(car_outline(self.poses[two])):
                self.crashes.append((one, two, self.now))

    def _work(self, gate: Gate):
        """The arm: opens for the car at the line if it may, closes when loop and beam are clear again."""
        on_loop = [car for car, pose in self.poses.items() if gate.loop.overlaps(car_outline(pose))]
        phase = Phase.AT_ENTRY if gate is GATES[0] else Phase.AT_EXIT
        at_line = [car for car in on_loop if self.traffic.drivers[car].phase is phase]
        if self.open_for[gate.name] is None and at_line and self.opens(gate, at_line[0]):
            self.open_for[gate.name] = at_line[0]
            self.passages.append((gate.name, at_line[0]))
        opening = self.open_for[gate.name] is not None
        if opening and not on_loop and self.arms[gate.name] >= 1.0:
            self.open_for[gate.name], opening = None, False
        rate = TICK / 1.5 if opening else -TICK / 1.5
        if rate > 0 or not on_loop:
            self.arms[gate.name] = min(max(self.arms[gate.name] + rate, 0.0), 1.0)
