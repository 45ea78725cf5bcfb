# SPDX-License-Identifier: Apache-2.0
"""Plays the people of the demonstration: drivers with their phones, and the person in the office who answers calls.

They know what people know: a driver his own plate and the screen before him, the office what it sees in the pictures.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from ronda.msg import BarrierState, BayMap, DriverState, GateState
from ronda.srv import TellDriver

from parking_robot.demo_client import PERSON, POLL_S, GarageClient
from parking_robot.demo_phone import Phone
from parking_robot.demo_stage import DemoCar, GarageStage, Role
from parking_robot.demo_watch import GATE_NAMES, GarageWatch
from parking_robot.errors import ParkingError
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.reviews import ReviewVerdict, decide_review, list_reviews

ENTRY, EXIT = GATE_NAMES
HEADWAY_S: Final = 8.0
"""Simulated seconds between two cars that are sent off."""
HESITATION_S: Final = 3.0
"""A driver who is held looks at the screen for so long before scanning its code, a person before answering."""
LIMIT_S: Final = 900.0
"""Simulated seconds after which the demonstration is given up."""
FRONT_OF_GATE = {ENTRY: DriverState.AT_ENTRY, EXIT: DriverState.AT_EXIT}


@dataclass(slots=True)
class Played:
    """What the people did. ``paid_s`` maps a car to the simulated second at which its phone had paid."""

    paid_s: dict[str, float] = field(default_factory=dict)
    tickets: dict[str, str] = field(default_factory=dict)
    answered: list[tuple[str, str, str]] = field(default_factory=list)
    reviewed: list[str] = field(default_factory=list)
    bays: BayMap | None = None
    parked: dict[str, str] = field(default_factory=dict)
    round_completed: bool = False
    round_message: str = ""
    began_s: float = 0.0
    ended_s: float = 0.0


class Director:
    """Lets everything happen in its order; each tick does what is due."""

    def __init__(
        self, stage: GarageStage, watch: GarageWatch, client: GarageClient, server: str, say: Callable[[str], None]
    ) -> None:
        self._stage, self._watch, self._client = stage, watch, client
        self._server, self._say = server, say
        self._phones = {car.name: Phone() for car in stage.visitors}
        self._cars = {car.name: car for car in stage.cars}
        self._to_come, self._to_leave = list(stage.visitors), list(stage.visitors)
        self._sent_s = -HEADWAY_S
        self._since: dict[tuple[str, str], float] = {}
        self._paid_here: set[str] = set()
        self._walking = self._walked = False
        self.played = Played()

    def run(self) -> Played:
        """Play it all. Raises RondaError when it cannot go on."""
        view = self._watch.view
        self.played.began_s = view.sim_s
        last_s, stood = view.sim_s, time.monotonic()
        while not self._all_gone():
            self._client.wait(lambda: True, 1.0, "the nodes")
            if view.sim_s > last_s:
                last_s, stood = view.sim_s, time.monotonic()
            if view.sim_s - self.played.began_s > LIMIT_S or time.monotonic() - stood > 60.0:
                raise ParkingError(
                    f"after {LIMIT_S:.0f} s the cars are not through: {self._where()}", hint="see log.txt"
                )
            self._tick(view.sim_s)
            time.sleep(POLL_S)
        self.played.ended_s = view.sim_s
        return self.played

    def _tick(self, now: float) -> None:
        self._let_come(now)
        self._keep_tickets()
        self._answer_calls(now)
        self._pay_at_the_exit(now)
        if not self._walking and not self._to_come and self._all_in(DriverState.PARKED):
            self._walking = True
            self._client.start_round()
            self._say("all cars are parked: the robot walks the bays, drivers pay by phone")
            self._pay_inside()
        if self._walking and not self._walked and (result := self._client.round_result()) is not None:
            self._walked = True
            self.played.round_completed = not result.missed_waypoints and result.laps_done == 1
            self.played.round_message = str(result.error_msg)
            self._take_down_bays()
            self._review()
            self._say("the robot has seen every bay: drivers leave")
        if self._walked:
            self._let_leave(now)

    # Drivers

    def _let_come(self, now: float) -> None:
        if self._to_come and now - self._sent_s >= HEADWAY_S:
            self._client.tell_driver(self._to_come.pop(0).name, TellDriver.Request.ARRIVE)
            self._sent_s = now

    def _let_leave(self, now: float) -> None:
        if self._to_leave and now - self._sent_s >= HEADWAY_S:
            self._client.tell_driver(self._to_leave.pop(0).name, TellDriver.Request.LEAVE)
            self._sent_s = now

    def _keep_tickets(self) -> None:
        state = self._watch.view.gates.get(ENTRY)
        car = self._watch.at_gate(ENTRY)
        if state is None or car not in self._cars or car in self.played.tickets:
            return
        # Who is not known by his plate scans the code at the entry and pays with it later.
        if self._cars[car].role is Role.DIRTY and (link := self._scan(ENTRY, self._cars[car], state)):
            self.played.tickets[car] = link

    def _pay_inside(self) -> None:
        for car in self._stage.visitors:
            if car.role is Role.PHONE:
                link = self._phones[car.name].find_on_foot(self._server, car.plate)
                self._pay(car, link)
            elif car.role is Role.DIRTY and car.name in self.played.tickets:
                self._pay(car, self.played.tickets[car.name])

    def _pay_at_the_exit(self, now: float) -> None:
        state, car = self._standing(EXIT)
        if state is None or car is None or not state.payment_url or state.phase != GateState.PHASE_HELD:
            return
        if self._hesitates(("pay", f"{car.name}{state.stay_id}"), now):
            return
        # Also who has paid before, and came too late to the exit, pays the rest here.
        if car.name not in self._paid_here and (link := self._scan(EXIT, car, state)):
            self._paid_here.add(car.name)
            self._pay(car, link)

    def _scan(self, gate: str, car: DemoCar, state: GateState) -> str:
        """Return where the code on a gate's screen leads a driver; empty while it is not the one for his car.

        The screen follows the gate after a moment: until then it shows nothing, or the code of the car before.
        """
        link = self._phones[car.name].scan_screen(self._server, gate) if state.payment_url else ""
        return link if link == state.payment_url else ""

    def _pay(self, car: DemoCar, link: str) -> None:
        if not link:
            self._say(f"{car.plate}: nothing to pay was found")
            return
        self._phones[car.name].pay_at(link)
        self.played.paid_s.setdefault(car.name, self._watch.view.sim_s)
        self._say(f"{car.plate}: paid by phone")

    # The office

    def _answer_calls(self, now: float) -> None:
        for gate in GATE_NAMES:
            state, car = self._standing(gate)
            if state is None or car is None or state.decision != GateState.DECISION_ASK or not state.call_id:
                continue
            if self._hesitates(("call", state.call_id), now):
                continue
            self._since[("call", state.call_id)] = now  # asks again after another hesitation
            declined = self._client.answer_call(gate, state.call_id, car.plate, "plate read from the picture")
            if not declined:
                self.played.answered.append((gate, car.name, state.reason_text))
                self._say(f"{gate}: {state.reason_text}; the office types {car.plate}")

    def _review(self) -> None:
        """The office decides the cases of unread cars, with the plate that the robot read in a bay without a stay."""
        ledger = Ledger(self._stage.ledger)
        try:
            cases = list_reviews(ledger)
            strays = {str(case.facts.get("plate", "")) for case in cases if case.kind == "no_stay"}
            # The office knows the picture of the entry: it shows the car whose front was dirty.
            muddy = {car.plate for car in self._stage.visitors if car.role is Role.DIRTY}
            for case in cases:
                plate = next(iter(strays & muddy), "")
                if case.kind == "unread" and case.stay_id and plate:
                    note = f"the robot read {plate} in its bay"
                    at = datetime.now(UTC)
                    decide_review(ledger, case.number, ReviewVerdict.PLATE, PERSON, at, note, plate=plate)
                    self.played.reviewed.append(plate)
                    self._say(f"review: the unread car is {plate}, as the robot read it in its bay")
        finally:
            ledger.close()

    # What is seen

    def _take_down_bays(self) -> None:
        """What the robot reported when its round was over, beside what really stood there."""
        self.played.bays = self._watch.view.bays
        for car, driver in self._watch.view.drivers.items():
            if driver.phase == DriverState.PARKED:
                self.played.parked[driver.bay] = self._cars[car].plate

    def _standing(self, gate: str) -> tuple[GateState | None, DemoCar | None]:
        name = self._watch.at_gate(gate)
        driver = self._watch.view.drivers.get(name)
        if driver is None or driver.phase != FRONT_OF_GATE[gate]:
            return None, None
        return self._watch.view.gates.get(gate), self._cars[name]

    def _hesitates(self, key: tuple[str, str], now: float) -> bool:
        return now - self._since.setdefault(key, now) < HESITATION_S

    def _all_in(self, phase: int) -> bool:
        drivers: dict[str, Any] = self._watch.view.drivers
        return all(car.name in drivers and drivers[car.name].phase == phase for car in self._stage.visitors)

    def _all_gone(self) -> bool:
        closed = all(one.state == BarrierState.CLOSED for one in self._watch.view.barriers.values())
        return self._walked and not self._to_leave and self._all_in(DriverState.GONE) and closed

    def _where(self) -> str:
        drivers = self._watch.view.drivers
        told = [
            f"{car.plate} in phase {drivers[car.name].phase}" for car in self._stage.visitors if car.name in drivers
        ]
        return ", ".join(told) or "no driver was heard"
