# SPDX-License-Identifier: Apache-2.0
"""What the gates and the robot got right, judged by who really stood where; and the form of report.json."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ronda.msg import Bay, BayMap, DriverState, GateEvent, GateState

from parking_robot.bays.findings import FindingKind
from parking_robot.demo_director import ENTRY, EXIT, Played
from parking_robot.demo_stage import DemoCar, GarageStage, Role
from parking_robot.demo_watch import GarageView, HeardEvent
from parking_robot.money.bill import Bill
from parking_robot.plates.alphabet import fold
from parking_robot.stays.stay import Stay
from ronda_core.spread import spread


@dataclass(frozen=True, slots=True)
class BilledStay:
    """A stay of the ledger with its bill; ``paid`` is what was received, minor units."""

    stay: Stay
    bill: Bill
    paid: int


@dataclass(frozen=True, slots=True)
class Passage:
    """One car at one gate: the gate's own first decision, the last one before it went through, and when that was.

    ``held``: it had to wait once, for a payment or for a person.
    """

    car: DemoCar
    gate: str
    first: HeardEvent | None
    final: HeardEvent | None
    passed: HeardEvent | None
    held: bool = False

    @property
    def opened(self) -> bool:
        """Whether the gate opened for it."""
        return self.final is not None and self.final.event.decision == GateState.DECISION_OPEN


def passages(cars: Sequence[DemoCar], events: Sequence[HeardEvent]) -> list[Passage]:
    """Return what happened to each car at each gate, by truth: the car that really stood there.

    A car that went through is gone when the gate says so; who it was is told by what was decided in that passage.
    """
    stood: dict[str, str] = {}
    for heard in events:
        if heard.car and heard.event.passage_id and heard.event.kind == GateEvent.DECIDED:
            stood.setdefault(heard.event.passage_id, heard.car)
    found = []
    for car in cars:
        for gate in (ENTRY, EXIT):
            mine = [
                heard
                for heard in events
                if heard.event.gate_id == gate and stood.get(heard.event.passage_id, heard.car) == car.name
            ]
            decided = [heard for heard in mine if heard.event.kind == GateEvent.DECIDED]
            passed = next((heard for heard in mine if heard.event.kind == GateEvent.PASSED), None)
            first = next((heard for heard in decided if heard.event.decided_by in ("", gate)), None)
            held = any(_waits(heard.event) for heard in decided)
            found.append(Passage(car, gate, first, decided[-1] if decided else None, passed, held))
    return found


def wrongly_opened(all_passages: Sequence[Passage], played: Played) -> list[str]:
    """Return the cars that were let out though they had not paid, had no permit and no person let them out."""
    wrong = []
    for one in all_passages:
        if one.gate != EXIT or one.car.role is Role.PERMIT or not one.opened or one.final is None:
            continue
        paid = played.paid_s.get(one.car.name, math.inf) <= one.final.sim_s + 0.5
        by_person = one.final.event.decided_by not in ("", EXIT) and one.final.event.reason_code == "person"
        if not paid and not by_person:
            wrong.append(one.car.plate)
    return wrong


def wrongly_held(all_passages: Sequence[Passage], played: Played, drivers: Mapping[str, Any]) -> list[str]:
    """Return the cars that had to wait though nothing was wrong, and those that were still there at the end.

    A car whose plate cannot be read waits at the exit for a person, as it must.
    """
    wrong = []
    for one in all_passages:
        first = one.first
        held = first is not None and _waits(first.event)
        settled = one.car.role is Role.PERMIT or (
            first is not None and played.paid_s.get(one.car.name, math.inf) <= first.sim_s
        )
        readable = one.car.role is not Role.DIRTY
        if held and (one.gate == ENTRY or (settled and readable)):
            wrong.append(one.car.plate)
    stuck = [
        one.car.plate
        for one in all_passages
        if one.gate == EXIT and (one.car.name not in drivers or drivers[one.car.name].phase != DriverState.GONE)
    ]
    return sorted({*wrong, *stuck})


def bay_errors(true: Mapping[str, str], reported: BayMap | None) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Return what the robot reported of the occupied bays, and every bay where that differs from the truth."""
    if reported is None:
        return {}, [{"bay": "all", "true": "", "reported": "no map of the bays"}]
    said: dict[str, str] = {}
    errors = []
    for bay in reported.bays:
        if bay.kind == Bay.KIND_KEEP_CLEAR:
            continue
        if bay.state == Bay.STATE_OCCUPIED:
            said[bay.bay_id] = bay.plate or "not read"
        told = said.get(bay.bay_id, "free" if bay.state == Bay.STATE_FREE else "unknown")
        really = true.get(bay.bay_id, "free")
        if fold(told) != fold(really):
            errors.append({"bay": bay.bay_id, "true": really, "reported": told})
    return said, errors


def report(
    stage: GarageStage, view: GarageView, played: Played, billed: Mapping[str, BilledStay], wall_s: float
) -> dict[str, Any]:
    """Return the content of report.json; ``billed`` maps a car to its stay in the ledger."""
    passed = passages(stage.visitors, view.events)
    said, errors = bay_errors(played.parked, played.bays)
    read = [one.first.event.plate == one.car.plate for one in passed if one.first is not None]
    opened = wrongly_opened(passed, played)
    held = wrongly_held(passed, played, view.drivers)
    closings = sum(barrier.closings_on_occupied for barrier in view.barriers.values())
    stays = [_stay(car, passed, billed.get(car.name)) for car in stage.visitors]
    sim_s = max(played.ended_s, view.sim_s) - played.began_s
    # The gate's own first decision about each car; later ones waited for a payment or for a person.
    decided = [one.first.event for one in passed if one.first is not None]
    problems = _problems(stage, view, played, billed, passed, stays)
    problems += [f"{plate} was let out without having paid" for plate in opened]
    problems += [f"{plate} had to wait though nothing was wrong" for plate in held]
    problems += [f"bay {e['bay']}: reported {e['reported']}, in truth {e['true']}" for e in errors]
    if closings:
        problems.append(f"an arm closed over a car {closings} times")
    return {
        "ok": not problems,
        "problems": problems,
        "stays": stays,
        "plate_exact_rate": round(sum(read) / len(read), 4) if read else None,
        "wrongly_opened": opened,
        "wrongly_held": held,
        "bays": {"true": dict(sorted(played.parked.items())), "reported": dict(sorted(said.items())), "errors": errors},
        "barrier": {
            "cycles": sum(barrier.cycles for barrier in view.barriers.values()),
            "closings_on_occupied": closings,
        },
        "performance": {
            "decide_s": spread([event.decide_seconds for event in decided], 3),
            "command_s": spread([event.command_seconds for event in decided], 3),
            "robot_plate_ms": spread(view.plate_ms, 1),
            "sim_duration_s": round(sim_s, 1),
            "wall_duration_s": round(wall_s, 1),
            "real_time_factor": round(sim_s / wall_s, 3) if wall_s > 0 else None,
            "robot_contacts": view.robot_contacts,
            "cars_touched": dict(sorted(view.touched.items())),
            "round_completed": played.round_completed,
        },
    }


def _problems(
    stage: GarageStage,
    view: GarageView,
    played: Played,
    billed: Mapping[str, BilledStay],
    passed: Sequence[Passage],
    stays: Sequence[Mapping[str, Any]],
) -> list[str]:
    """Return what every run must show, whatever its seed, and this one did not; in sentences."""
    found = []
    for car, row in zip(stage.visitors, stays, strict=True):
        if row["entry_s"] is None or row["exit_s"] is None:
            found.append(f"{car.plate} did not come through both gates")
        if car.name not in billed:
            found.append(f"{car.plate} has no stay in the ledger")
        elif billed[car.name].paid < billed[car.name].bill.total.minor:
            found.append(f"{car.plate} left something unpaid")
    for one in passed:
        if one.car.role is Role.UNPAID and one.gate == EXIT and not one.held:
            found.append(f"{one.car.plate} had not paid, and the exit did not hold it")
        # A gate that could read the muddy plate has nothing to review.
        unread = one.first is not None and not one.first.event.plate
        if one.car.role is Role.DIRTY and one.gate == ENTRY and unread and one.car.plate not in played.reviewed:
            found.append(f"the review of the unread plate of {one.car.plate} was not decided")
    accused = {fold(incident.subject) for incident in view.incidents if incident.list_name == FindingKind.NO_STAY}
    for car in stage.cars:
        if car.role is Role.STRAY and fold(car.plate) not in accused:
            found.append(f"the robot did not report {car.plate}, which stands in {car.bay} without an entry")
    found += [f"{car} touched {what}" for car, what in sorted(view.touched.items())]
    if view.robot_contacts:
        found.append(f"the robot touched something {view.robot_contacts} times")
    if not played.round_completed:
        found.append(f"the robot's round was not completed {played.round_message}".strip())
    return found


def _waits(event: GateEvent) -> bool:
    return event.decision in (GateState.DECISION_HOLD, GateState.DECISION_ASK)


def _stay(car: DemoCar, passed: Sequence[Passage], billed: BilledStay | None) -> dict[str, Any]:
    entry, leave = (next(one for one in passed if one.car is car and one.gate == gate) for gate in (ENTRY, EXIT))
    first, first_reason = _decision(leave.first)
    decision, reason = _decision(leave.final)
    return {
        "plate_true": car.plate,
        "plate_read": entry.first.event.plate if entry.first is not None else None,
        "entry_s": round(entry.passed.sim_s, 2) if entry.passed is not None else None,
        "exit_s": round(leave.passed.sim_s, 2) if leave.passed is not None else None,
        # Minor units of the tariff's currency, as everywhere in the ledger.
        "fee": billed.bill.total.minor if billed is not None else None,
        "paid": billed.paid if billed is not None else None,
        # At the exit: what it said first, whether the car had to wait, and what was said last.
        "first_decision": first,
        "first_reason": first_reason,
        "held": leave.held,
        "decision": decision,
        "reason": reason,
    }


def _decision(heard: HeardEvent | None) -> tuple[str, str]:
    """Return a decision's word and the code of its reason."""
    words = {GateState.DECISION_OPEN: "open", GateState.DECISION_HOLD: "hold", GateState.DECISION_ASK: "ask"}
    if heard is None:
        return "none", ""
    return words.get(heard.event.decision, "none"), heard.event.reason_code
