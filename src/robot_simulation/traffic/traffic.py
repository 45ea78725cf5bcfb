# SPDX-License-Identifier: Apache-2.0
"""All drivers together: who has to give way to whom, and who may go through a gate."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from robot_simulation.garage_layout import BAYS, CAR_LENGTH, GATES, Bay, Gate, away
from robot_simulation.rectangle import Rectangle
from robot_simulation.traffic.driver import GAP, Driver, Motion, Phase, car_outline
from robot_simulation.traffic.route import entry_route, exit_route
from robot_simulation.traffic.schedule import Trip
from ronda_core.se2 import SE2

SIDE_GAP, CLAIM_GAP, ROBOT_GAP = 0.08, 0.25, 0.4
"""Metres kept to the sides: of cars, of what another car manoeuvres across, of robots."""
TRY_S = 0.4
"""How often a driver who means to set off looks about (s)."""
CLOSED_SHARE = 0.1
"""An arm below a tenth of its travel counts as closed."""
SETTLE_S = 4.0
"""An open arm with nobody beneath it for so long is not closing: it is held open."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something on the floor that no driver controls, a robot for instance."""

    name: str
    outline: Rectangle


class Traffic:
    """Drives all cars of a schedule. Time is that of the simulation (s)."""

    def __init__(self, trips: Sequence[Trip]) -> None:
        self.drivers = {trip.car: Driver(trip) for trip in sorted(trips, key=lambda trip: trip.car)}
        self._ends = {car: away(index) for index, car in enumerate(self.drivers)}
        self._poses: dict[str, SE2] = {}
        self._tried: dict[str, float] = {}
        self._probes: dict[str, Driver] = {}
        self._bays = {car: BAYS[driver.trip.bay] for car, driver in self.drivers.items()}
        self._empty_since: dict[str, float] = {}
        self._now: float | None = None

    def bay_of(self, car: str) -> Bay:
        """Return where a car parks."""
        return self._bays[car]

    def find(self, name: str) -> Driver | None:
        """Return the driver of a car by the name of its model or its plate."""
        if name in self.drivers:
            return self.drivers[name]
        return next((driver for driver in self.drivers.values() if name and driver.trip.plate == name), None)

    def step(
        self, now: float, poses: Mapping[str, SE2], arms: Mapping[str, float], obstacles: Sequence[Obstacle] = ()
    ) -> dict[str, Motion]:
        """Return what every car on its way is to do next.

        poses: the cars' rear axles; arms: by gate, share of the arm's travel (1: open); cars without a pose stay.
        """
        seconds = 0.05 if self._now is None else min(max(now - self._now, 0.0), 0.2)
        self._now = now
        self._poses = {car: pose for car, pose in poses.items() if car in self.drivers}
        outlines = {car: car_outline(pose) for car, pose in self._poses.items()}
        for gate in GATES:
            if any(self._zone(gate).overlaps(one) for one in outlines.values()):
                self._empty_since.pop(gate.name, None)
            else:
                self._empty_since.setdefault(gate.name, now)
        motions = {}
        for car, driver in self.drivers.items():
            if car not in self._poses:
                continue
            if driver.on_the_way:
                motions[car] = self._drive(driver, now, seconds, outlines, arms, obstacles)
            elif driver.wants_to_go(now) and now - self._tried.get(car, -math.inf) >= TRY_S:
                self._tried[car] = now
                self._try_to_set_off(driver, now, outlines, obstacles)
        return motions

    def _drive(
        self, driver: Driver, now: float, seconds: float, outlines: Mapping[str, Rectangle],
        arms: Mapping[str, float], obstacles: Sequence[Obstacle],
    ) -> Motion:  # fmt: skip
        route = driver.route
        assert route is not None
        car = driver.trip.car
        driver.take_pose(self._poses[car])
        if driver.arrived():
            driver.enter(Phase.PARKED if route.marks.gate is GATES[0] else Phase.GONE, now)
            driver.route, driver.waits_for = None, ""
            return Motion()
        gate = route.marks.gate
        arm = arms.get(gate.name, 0.0)
        limit, why = driver.gate_limit(now, arm=arm, lane_free=self._lane_free(gate, car, now, arm, outlines))
        if driver.s > route.marks.clear - 3.0 and driver.phase in (Phase.AT_ENTRY, Phase.ARRIVING):
            driver.enter(Phase.ENTERING, now)
        elif driver.s > route.marks.clear - 3.0 and driver.phase in (Phase.AT_EXIT, Phase.LEAVING):
            driver.enter(Phase.DRIVING_OFF, now)
        blocked, blocker = self._first_obstacle(driver, outlines, obstacles)
        if blocked < limit:
            limit, why = blocked, blocker
        motion = driver.drive(self._poses[car], limit, seconds)
        driver.waits_for = why if motion.v == 0.0 else ""
        return motion

    def _first_obstacle(
        self, driver: Driver, outlines: Mapping[str, Rectangle], obstacles: Sequence[Obstacle]
    ) -> tuple[float, str]:
        """Return up to which `s` the way is free, and what ends it."""
        car = driver.trip.car
        here, reach = self._poses[car], driver.sight() + 2 * CAR_LENGTH
        near = {other: theirs for other, theirs in outlines.items() if other != car and _close(here, theirs, reach)}
        claims = [] if driver.claiming else self._claims(car)
        claims = [(other, [one for one in claim if _close(here, one, reach)]) for other, claim in claims]
        for s, mine in driver.ahead(driver.sight()):
            narrow, wide = mine.grown(0.0, SIDE_GAP), mine.grown(0.0, ROBOT_GAP)
            for other, theirs in near.items():
                if narrow.overlaps(theirs):
                    return max(s - GAP, driver.s), other
            for obstacle in obstacles:
                if wide.overlaps(obstacle.outline):
                    return max(s - GAP, driver.s), obstacle.name
            for other, corridor in claims:
                if any(narrow.overlaps(one) for one in corridor):
                    return max(s - GAP, driver.s), other
        return float("inf"), ""

    def _claims(self, car: str) -> list[tuple[str, list[Rectangle]]]:
        """Return what cars that manoeuvre across the lane still need of it."""
        found = []
        for other, driver in self.drivers.items():
            if other != car and driver.claiming and driver.route is not None:
                corridor = [mine.grown(CLAIM_GAP, CLAIM_GAP) for _, mine in driver.ahead(driver.route.claim - driver.s)]
                found.append((other, corridor))
        return found

    def _try_to_set_off(
        self, driver: Driver, now: float, outlines: Mapping[str, Rectangle], obstacles: Sequence[Obstacle]
    ) -> None:
        car = driver.trip.car
        if driver.phase is Phase.PARKED:
            driver.enter(Phase.WANTS_OUT, now)
        probe = self._probes.get(car)
        if probe is None:
            probe = self._probes[car] = Driver(driver.trip)
            if driver.phase is Phase.WAITING:
                probe.set_off(entry_route(self._poses[car], self._bays[car]), now)
            else:
                probe.set_off(exit_route(self._bays[car], self._ends[car]), now)
        assert probe.route is not None
        corridor = [mine for _, mine in probe.ahead(probe.route.claim)]
        driver.waits_for = self._in_the_way(car, corridor, outlines, obstacles)
        if not driver.waits_for:
            driver.set_off(probe.route, now)
            del self._probes[car]

    def _in_the_way(
        self, car: str, corridor: list[Rectangle], outlines: Mapping[str, Rectangle], obstacles: Sequence[Obstacle]
    ) -> str:
        """Return what stands, rolls or manoeuvres where a car wants to manoeuvre; empty: nothing."""
        narrow = [one.grown(0.0, SIDE_GAP) for one in corridor]
        here = self._poses[car]
        for other, theirs in outlines.items():
            if other != car and _close(here, theirs, 4 * CAR_LENGTH) and any(one.overlaps(theirs) for one in narrow):
                return other
        for obstacle in obstacles:
            if any(one.grown(ROBOT_GAP, ROBOT_GAP).overlaps(obstacle.outline) for one in corridor):
                return obstacle.name
        wide = [one.grown(GAP, CLAIM_GAP) for one in corridor]
        for other, driver in self.drivers.items():
            if other == car or not driver.on_the_way or driver.v == 0.0:
                continue
            if any(one.overlaps(theirs) for _, theirs in driver.ahead(driver.sight()) for one in wide):
                return other
        for other, claimed in self._claims(car):
            if any(one.overlaps(theirs) for theirs in claimed for one in corridor):
                return other
        return ""

    def _lane_free(self, gate: Gate, car: str, now: float, arm: float, outlines: Mapping[str, Rectangle]) -> bool:
        """Whether a car may drive up to the stop line: nobody is at the gate, and the arm has come down behind the one
        before (or stays open, as after a fire alarm)."""
        zone = self._zone(gate)
        if any(zone.overlaps(theirs) for other, theirs in outlines.items() if other != car):
            return False
        return arm < CLOSED_SHARE or now - self._empty_since.get(gate.name, now) > SETTLE_S

    @staticmethod
    def _zone(gate: Gate) -> Rectangle:
        """The loop, and a little more behind it."""
        loop = gate.loop
        return Rectangle(loop.x, loop.y, 0.0, loop.length + 0.2, loop.width)

    def tell(self, name: str, *, leave: bool) -> str:
        """Tell a driver to arrive or to leave; return why not, or nothing."""
        driver = self.find(name)
        if driver is None:
            return f"there is no car '{name}'"
        wanted = Phase.PARKED if leave else Phase.WAITING
        if driver.phase is not wanted:
            return f"{driver.trip.car} cannot {'leave' if leave else 'arrive'}: it is {driver.phase.name.lower()}"
        driver.told = True
        return ""


def _close(pose: SE2, outline: Rectangle, reach: float) -> bool:
    return math.hypot(outline.x - pose.x, outline.y - pose.y) < reach
