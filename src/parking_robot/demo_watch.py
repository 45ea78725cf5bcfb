# SPDX-License-Identifier: Apache-2.0
"""The demonstration's eyes on the graph: what the gates did, what the cars really did, what the robot says of the bays.

Truth (who really stands where) is heard here alone and judges the outcome; no gate and no robot hears it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Final

from nav_msgs.msg import OccupancyGrid, Odometry
from rclpy.context import Context
from rclpy.node import Node
from ronda.msg import (
    BarrierState,
    BayMap,
    CarPoseArray,
    GateEvent,
    GateState,
    Incident,
    LocalisationState,
    PatrolState,
    PlateReadArray,
    TrafficState,
)
from rosgraph_msgs.msg import Clock
from std_msgs.msg import UInt32

from parking_robot.errors import ParkingError
from robot_simulation.garage_layout import GATES
from ronda_core import qos
from ronda_core.spun import spun
from ronda_core.stamps import to_seconds

GATE_NAMES: Final = tuple(gate.name for gate in GATES)
STEP_M: Final = 0.1
BEFORE_ARM_M, BEHIND_ARM_M = 9.0, 3.0
"""A car belongs to a gate from so far before its arm to so far behind it (rear axle)."""


@dataclass(frozen=True, slots=True)
class HeardEvent:
    """A gate's event, when it was heard (simulated and monotonic seconds), and which car really stood there."""

    event: GateEvent
    sim_s: float
    wall_s: float
    car: str


@dataclass(slots=True)
class BarrierFigures:
    """``cycles``: opened and closed again. ``closings_on_occupied``: arms that came down on something."""

    state: int = BarrierState.UNKNOWN
    opened: bool = False
    cycles: int = 0
    closings_on_occupied: int = 0

    def take(self, message: BarrierState) -> None:
        """Count a change of the barrier's state."""
        under = message.loop_occupied or message.beam_blocked
        if message.state == BarrierState.CLOSING and under:
            # Each closing counts once: it is over when the arm opens or has closed.
            self.closings_on_occupied += self.state != BarrierState.CLOSING or not self._pressed
        self._pressed = message.state == BarrierState.CLOSING and under
        self.opened = self.opened or message.state == BarrierState.OPEN
        if message.state == BarrierState.CLOSED and self.opened:
            self.cycles, self.opened = self.cycles + 1, False
        self.state = message.state

    _pressed: bool = False


@dataclass(slots=True)
class GarageView:
    """The newest of everything. Poses are (x, y) of rear axles in metres; ``drivers`` maps a car to its driver."""

    sim_s: float = 0.0
    localised: bool = False
    pose: tuple[float, float] | None = None
    patrol: PatrolState | None = None
    bays: BayMap | None = None
    floor: OccupancyGrid | None = None
    gates: dict[str, GateState] = field(default_factory=dict)
    drivers: dict[str, Any] = field(default_factory=dict)
    places: dict[str, tuple[float, float]] = field(default_factory=dict)
    touched: dict[str, str] = field(default_factory=dict)
    events: list[HeardEvent] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    barriers: dict[str, BarrierFigures] = field(default_factory=lambda: {name: BarrierFigures() for name in GATE_NAMES})
    plate_ms: list[float] = field(default_factory=list)
    path: list[tuple[float, float]] = field(default_factory=list)
    robot_contacts: int = 0


class GarageWatch(Node):
    """Subscribes everything that the demonstration shows and judges."""

    def __init__(self, robot: str, on_event: Callable[[GateEvent], None], context: Context) -> None:
        super().__init__("demo_watch", namespace=robot, context=context)
        self.view = GarageView()
        self._on_event = on_event
        self._first_contacts: int | None = None
        view = self.view
        self._hear(Clock, "/clock", lambda message: setattr(view, "sim_s", to_seconds(message.clock)), qos.CLOCK)
        self._hear(CarPoseArray, "/ground_truth/cars", self._take_cars, qos.SENSOR)
        self._hear(TrafficState, "/traffic_state", self._take_traffic, qos.STATE)
        self._hear(OccupancyGrid, "map", lambda message: setattr(view, "floor", message), qos.STATE)
        self._hear(LocalisationState, "localisation_state", self._take_localisation, qos.STATE)
        self._hear(Odometry, "ground_truth", self._take_truth, qos.SENSOR)
        self._hear(UInt32, "ground_truth/contacts", self._take_contacts, qos.STATE)
        self._hear(PatrolState, "patrol_state", lambda message: setattr(view, "patrol", message), qos.STATE)
        self._hear(BayMap, "bay_map", lambda message: setattr(view, "bays", message), qos.STATE)
        self._hear(Incident, "incidents", view.incidents.append, qos.EVENT)
        self._hear(PlateReadArray, "plates", lambda message: view.plate_ms.append(message.processing_ms), qos.EVENT)
        for gate in GATE_NAMES:
            self._hear(GateState, f"/{gate}/gate_state", self._keep_gate(gate), qos.STATE)
            self._hear(GateEvent, f"/{gate}/gate_events", self._take_event, qos.EVENT)
            self._hear(BarrierState, f"/{gate}/barrier/state", view.barriers[gate].take, qos.STATE)

    def at_gate(self, gate: str) -> str:
        """Return the name of the car that really stands nearest before or under a gate's arm; empty: none."""
        arm = next(one.arm_x for one in GATES if one.name == gate)
        near = {
            car: abs(x - arm)
            for car, (x, y) in self.view.places.items()
            if -BEFORE_ARM_M <= x - arm <= BEHIND_ARM_M and abs(y) < 2.0
        }
        return min(near, key=near.__getitem__) if near else ""

    def _hear(self, kind: type, topic: str, take: Callable[[Any], None], profile: Any) -> None:
        self.create_subscription(kind, topic, take, profile)

    def _keep_gate(self, gate: str) -> Callable[[GateState], None]:
        return lambda message: self.view.gates.__setitem__(gate, message)

    def _take_event(self, message: GateEvent) -> None:
        car = self.at_gate(message.gate_id) if message.gate_id in GATE_NAMES else ""
        self.view.events.append(HeardEvent(message, self.view.sim_s, time.monotonic(), car))
        self._on_event(message)

    def _take_cars(self, message: CarPoseArray) -> None:
        for car in message.cars:
            self.view.places[car.car] = (car.pose.position.x, car.pose.position.y)
            if car.contacts:
                self.view.touched[car.car] = car.touched

    def _take_traffic(self, message: TrafficState) -> None:
        self.view.drivers = {driver.car: driver for driver in message.drivers}

    def _take_localisation(self, message: LocalisationState) -> None:
        self.view.localised = message.state == LocalisationState.LOCALISED

    def _take_truth(self, message: Odometry) -> None:
        at = message.pose.pose.position
        self.view.pose = (at.x, at.y)
        path = self.view.path
        if not path or abs(at.x - path[-1][0]) + abs(at.y - path[-1][1]) >= STEP_M:
            path.append((at.x, at.y))

    def _take_contacts(self, message: UInt32) -> None:
        if self._first_contacts is None:
            self._first_contacts = message.data
        self.view.robot_contacts = message.data - self._first_contacts


def watching(robot: str, domain: int, on_event: Callable[[GateEvent], None]) -> AbstractContextManager[GarageWatch]:
    """Return the demonstration's node, spun on a thread until the block is left."""
    return spun(lambda context: GarageWatch(robot, on_event, context), domain, ParkingError)
