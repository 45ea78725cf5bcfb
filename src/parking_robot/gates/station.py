# SPDX-License-Identifier: Apache-2.0
"""One gate: the lane, the car in it, the decision on it, what is recorded and what the barrier is asked to do.

Not for several threads: whoever drives it calls from one. It talks to the outside through a `Port`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from parking_robot.errors import JournalError
from parking_robot.gates import records
from parking_robot.gates.approach import Approach, PlateSight
from parking_robot.gates.barrier_desk import BarrierDesk
from parking_robot.gates.clerk import Answer
from parking_robot.gates.decision import Decision, Direction, Passage, Verdict
from parking_robot.gates.journal import Record
from parking_robot.gates.keeper import without_ledger
from parking_robot.gates.passage import (
    Command,
    CommandKind,
    Lane,
    LaneState,
    Sensors,
    alike,
    decided,
    let_in,
    read_again,
    release,
    step,
)  # fmt: skip
from parking_robot.gates.records import RecordKind
from parking_robot.gates.site import Site
from parking_robot.gates.station_port import Inputs, Port, StationSettings
from parking_robot.gates.station_state import StationEvent, StationState
from parking_robot.plates.voting import Vote, vote
from parking_robot.reasons import Reason
from parking_robot.stays.ledger import new_stay_id
from parking_robot.stays.store import to_us
from ronda_core.clock import Clock

RECHECK_S = 0.5


class Station:
    """Call `take_sights` for each picture, `tick` often, `take_answer` for each answer."""

    def __init__(
        self, settings: StationSettings, site: Site, clock: Clock, date: Callable[[], datetime], port: Port
    ) -> None:
        self._settings, self._site, self._clock, self._date, self._port = settings, site, clock, date, port
        self._lane = Lane(settings.lane)
        self._approach = Approach(settings.approach)
        self._desk = BarrierDesk(settings.barrier)
        self._inputs = Inputs(heard=False)
        self._frames: list[PlateSight] = []
        self._passage: Passage | None = None
        # What the camera reads of the car, also where a person knows better.
        self._read_as = ""
        # A stay that was made for it as for a lost ticket, before the plate was corrected once more.
        self._lost_stay = ""
        self._decision: Decision | None = None
        self._second: list[PlateSight] = []
        self._number = self._calls = 0
        self._stopped_at: float | None = None
        self._asked_at = 0.0
        self._call_id = ""
        self._help = False
        self._away = False
        self._spaces = 0
        self.problem = ""

    def state(self) -> StationState:
        """Return what the screen and the operator see."""
        passage, decision = self._passage, self._decision
        shows = (
            decision is not None
            and decision.stay_id
            and (decision.code in (Reason.UNPAID, Reason.TICKET) or decision.lost)
        )
        return StationState(
            gate=self._settings.gate,
            direction=self._settings.direction,
            lane=self._lane.state,
            in_service=self._inputs.heard,
            plate=passage.plate if passage else "",
            confidence=passage.confidence if passage else 0.0,
            frames=passage.frames if passage else 0,
            decision=decision,
            payment_url=self._port.link(decision.stay_id) if shows and decision else "",
            help_called=self._help,
            call_id=self._call_id,
            ledger_away=self._away,
            spaces=self._spaces,
        )

    def take_sights(self, sights: Sequence[PlateSight], at: float) -> None:
        """Take the plates of one picture, taken at ``at`` (monotonic seconds)."""
        sight = self._approach.take(sights, at)
        if sight is not None:
            self._frames.append(sight)
            if self._lane.state is LaneState.OPEN and self._lane.passed:
                self._second.append(sight)

    def tick(self, inputs: Inputs) -> None:
        """Look at everything and do what is to be done."""
        now = self._clock.monotonic()
        self._inputs = inputs
        waiting = self._settings.by_camera and self._approach.present(now)
        by_loop = self._settings.by_loop and inputs.loop
        standing = self._approach.standing(now) if waiting else by_loop
        # Of a barrier that is not heard the worst is assumed: something is under it.
        loop = inputs.loop or not inputs.heard
        sensors = Sensors(waiting or by_loop, loop, inputs.beam, standing, inputs.fire)
        frames = [sight.decoded for sight in self._frames]
        self._frames.clear()
        self._lane, commands = step(self._lane, now, sensors, frames)
        self._run(commands)
        if self._lane.state is LaneState.HELD and self._passage and now - self._asked_at >= RECHECK_S:
            self._ask(replace(self._passage, at=self._date()))
        if self._lane.state is LaneState.OPEN and self._lane.passed:
            self._desk.leave()
        again, failed = self._desk.step(inputs.arm, inputs.loop or inputs.beam, now)
        if again is not None:
            self._port.barrier(again, f"again: {self._desk.reason}", self._settings.gate)
        if failed:
            self._happened(RecordKind.BARRIER_FAILED, Reason.BARRIER, f"the barrier does not open: {inputs.arm}")
            self.call_help("the barrier does not open", Reason.BARRIER)

    def take_answer(self, answer: Answer) -> None:
        """Take the decision on a car; one that comes for nobody does nothing."""
        self._away = False
        if answer.decision.spaces is not None:
            self._spaces = answer.decision.spaces
        if self._passage is None or answer.passage.question != self._passage.question:
            return
        if self._lane.state in (LaneState.DECIDING, LaneState.HELD):
            self._decide(answer.decision, self._settings.gate, answer.at)

    def clock_jumped(self, text: str) -> None:
        """Record that the computer's clock jumped: a person looks at the stays of that time."""
        at, gate = self._date(), self._settings.gate
        key = f"{gate}:{RecordKind.CLOCK_JUMPED}:{to_us(at):x}"
        told = {"code": Reason.CLOCK.value, "text": text, "review": "clock"}
        self._keep(records.happened(RecordKind.CLOCK_JUMPED, gate, at, key, None, **told))

    def call_help(self, text: str, code: Reason = Reason.HELP) -> None:
        """Call a person to the lane: the driver's button, or the gate itself."""
        if self._help:
            return
        self._calls += 1
        name = self._passage.id if self._passage else self._lane_now()
        self._call_id, self._help = f"{name}:call{self._calls}", True
        self._happened(RecordKind.HELP_CALLED, code, text, key=self._call_id)

    def answer_open(self, by: str, reason: str, plate: str) -> str:
        """A person opens for this one car; return the stay that it is recorded with.

        Of a lane that is open for its car already only the answer is recorded: one opening is for one car.
        """
        if self._lane.state is LaneState.OPEN and self._decision is not None and self._decision.opens:
            self._answered(by, reason)
            return self._decision.stay_id
        passage = self._passage or self._new_passage()
        passage = replace(passage, plate=plate or passage.plate, at=self._date(), by=by)
        stay_id = self._decision.stay_id if self._decision else ""
        if self._settings.direction is Direction.ENTRY:
            stay_id = new_stay_id()
        opened = Decision(Verdict.OPEN, Reason.PERSON, f"{by}: {reason}", stay_id, review="opened_by_person")
        self._passage, self._decision = passage, opened
        self._answered(by, reason)
        # A person's word opens even where it cannot be kept on the disk; it is in the node's log then.
        self._keep(records.decided(passage, opened, self._next(), by))
        now = self._clock.monotonic()
        self._lane, commands = let_in(self._lane, now, opened.text)
        self._tell_decision(by, now)
        self._run(commands, by)
        return stay_id

    def answer_refuse(self, by: str, reason: str) -> None:
        """A person refuses: the barrier stays shut, and the screen says so."""
        refused = Decision(Verdict.HOLD, Reason.REFUSED, f"{by}: {reason}")
        self._answered(by, reason)
        self._port.forget()
        if self._passage is not None:
            self._keep(records.decided(self._passage, refused, self._next(), by))
        self._decision = refused
        self._lane, _ = decided(self._lane, self._clock.monotonic(), False, False, reason)
        self._tell_decision(by, self._clock.monotonic())

    def answer_correct(self, by: str, reason: str, plate: str, stay_id: str) -> None:
        """A person corrects the plate, or picks the stay: the car is decided on again."""
        passage = self._passage or self._new_passage()
        self._passage = replace(
            passage, plate=plate or passage.plate, confidence=1.0, stay_id=stay_id, by=by, at=self._date()
        )
        self._decision = None
        self._answered(by, reason)
        self._lane = read_again(self._lane, self._clock.monotonic())
        self._ask(self._passage)

    def release_fire(self, by: str, reason: str) -> bool:
        """A person ends the fire alarm's hold; return whether the lane was held by one."""
        if self._lane.state is not LaneState.FIRE:
            return False
        self._lane = release(self._lane, self._clock.monotonic())
        self._happened(RecordKind.FIRE_RELEASED, Reason.FIRE, f"{by}: {reason}")
        return True

    @property
    def lane_state(self) -> LaneState:
        return self._lane.state

    @property
    def call_id(self) -> str:
        """Return the open call's id; empty: nobody was called."""
        return self._call_id if self._help else ""

    def _run(self, commands: Sequence[Command], by: str = "") -> None:
        for command in commands:
            self._do(command, by or self._settings.gate)

    def _do(self, command: Command, by: str) -> None:
        now = self._clock.monotonic()
        match command.kind:
            case CommandKind.ARRIVED:
                self._passage, self._decision, self._stopped_at = self._new_passage(), None, None
                self._read_as = self._lost_stay = ""
                self._help, self._call_id = False, ""
            case CommandKind.DECIDE if command.vote is not None:
                self._read(command.vote)
            case CommandKind.LATE if self._passage is not None:
                self._away = True
                self._decide(without_ledger(self._site, self._passage), self._settings.gate, now)
            case CommandKind.OPEN | CommandKind.CLOSE | CommandKind.FIRE:
                opens = command.kind is not CommandKind.CLOSE
                self._desk.want(opens, now, command.reason)
                self._port.barrier(opens, command.reason, by)
                if command.kind is CommandKind.FIRE:
                    self._happened(RecordKind.FIRE_OPENED, Reason.FIRE, command.reason)
            case CommandKind.WENT if command.vote is not None:
                self._went(command.vote, command.reason)
            case CommandKind.CALL:
                self.call_help(command.reason, self._decision.code if self._decision else Reason.HELP)
            case CommandKind.TAILGATING:
                second = vote([sight.decoded for sight in self._second]).text
                self._second.clear()
                first = (self._passage.plate, self._read_as) if self._passage else ()
                second = second if second not in first else ""
                key = f"{self._passage.id}:tailgating{self._lane.passed}" if self._passage else ""
                facts = {"second_plate": second, "review": "tailgating", "picture": self._port.picture()}
                self._happened(RecordKind.TAILGATING, Reason.TAILGATING, command.reason, key, **facts)
            case CommandKind.PASSED | CommandKind.TURNED_BACK:
                self._end(command)

    def _read(self, outcome: Vote) -> None:
        passage = self._passage or self._new_passage()
        self._stopped_at = self._approach.stopped_at
        self._read_as = outcome.text
        self._passage = replace(passage.read(outcome), at=self._date(), picture=self._port.picture())
        self._number = 0
        self._ask(self._passage)

    def _ask(self, passage: Passage) -> None:
        self._asked_at = self._clock.monotonic()
        self._port.ask(passage)

    def _decide(self, decision: Decision, by: str, at: float) -> None:
        before, passage = self._decision, self._passage
        if passage is None or (before is not None and before.code is Reason.REFUSED):
            return
        same = before is not None and (before.verdict, before.code) == (decision.verdict, decision.code)
        if same and before is not None:
            # Still the same case: what is due may have grown, and a stay that was made for it stays its own.
            self._decision = replace(decision, stay_id=before.stay_id or decision.stay_id)
            return
        if decision.lost:
            decision = replace(decision, stay_id=self._lost_stay or decision.stay_id)
        record = records.decided(replace(passage, at=self._date()), decision, self._next(), by, self._lost_stay)
        if not self._keep(record):
            text = "this gate cannot record what it does: a person decides"
            decision = Decision(Verdict.ASK, Reason.NO_RECORD, text)
            if before is not None and before.code is Reason.NO_RECORD:
                return
        if decision.lost:
            self._lost_stay = decision.stay_id
            self._passage = replace(passage, stay_id=decision.stay_id)
        self._decision = decision
        now = self._clock.monotonic()
        asks = decision.verdict is Verdict.ASK
        self._lane, commands = decided(
            self._lane, now, decision.opens, asks, decision.text, self._read_as or passage.plate
        )
        if decision.opens:
            self._help = False
        self._run(commands)
        self._tell_decision(by, at)

    def _end(self, command: Command) -> None:
        passage, decision = self._passage, self._decision
        kind = RecordKind.PASSED if command.kind is CommandKind.PASSED else RecordKind.TURNED_BACK
        if passage is not None:
            self._keep(records.ended(kind, passage, decision, self._date(), command.reason))
        code = decision.code if decision else Reason.VISITOR
        self._tell(kind, code, command.reason)
        self._forget_car()
        self._approach.forget()
        self._second.clear()
        self._away = False

    def _went(self, outcome: Vote, reason: str) -> None:
        """Record a car that went through during a fire alarm: the one that stood there, or another."""
        passage, decision = self._passage, self._decision
        read = self._read_as or (passage.plate if passage else "")
        if passage is None or (read and outcome.text and not alike(read, outcome.text)):
            passage, decision = self._new_passage(), None
        if not passage.plate:
            passage = passage.read(outcome)
        passage = replace(passage, picture=passage.picture or self._port.picture())
        self._passage, self._decision = passage, decision
        self._keep(records.went_in_alarm(passage, decision, self._date(), reason))
        self._tell(RecordKind.PASSED, Reason.FIRE, reason)
        self._forget_car()

    def _forget_car(self) -> None:
        self._port.forget()
        self._passage = self._decision = None
        self._read_as = self._lost_stay = ""
        self._help, self._call_id, self._calls = False, "", 0

    def _answered(self, by: str, reason: str) -> None:
        # Without a call it is about the car that stands there, or about the empty lane.
        about = self._call_id or (self._passage.id if self._passage else self._lane_now())
        key = f"{about}:answer{self._next()}"
        self._happened(RecordKind.HELP_ANSWERED, Reason.PERSON, f"{by}: {reason}", key, by=by)
        self._help = False

    def _happened(self, kind: RecordKind, code: Reason, text: str, key: str = "", **facts: object) -> None:
        at = self._date()
        key = key or f"{self._settings.gate}:{kind}:{to_us(at):x}"
        stay_id = self._decision.stay_id if self._decision else ""
        told = {"code": code.value, "text": text, "direction": self._settings.direction.value, **facts}
        self._keep(records.happened(kind, self._settings.gate, at, key, self._passage, stay_id, **told))
        self._tell(kind, code, text, str(facts.get("by", "")))

    def _keep(self, record: Record) -> bool:
        try:
            self._port.record(record)
        except JournalError as error:
            self.problem = f"{error}; not recorded: {record.kind} {record.facts.get('plate', '')}"
            return False
        self.problem = ""
        return True

    def _tell_decision(self, by: str, at: float) -> None:
        decision = self._decision
        if decision is None:
            return
        stopped = self._stopped_at
        event = self._event(RecordKind.DECIDED, decision.code, decision.text, by)
        took = at - stopped if stopped is not None else None
        sent = self._clock.monotonic() - at if decision.opens else None
        self._port.tell(replace(event, decide_seconds=took, command_seconds=sent))

    def _tell(self, kind: RecordKind, code: Reason, text: str, by: str = "") -> None:
        self._port.tell(self._event(kind, code, text, by or self._settings.gate))

    def _event(self, kind: RecordKind, code: Reason, text: str, by: str) -> StationEvent:
        passage, decision = self._passage, self._decision
        return StationEvent(
            self._settings.gate, self._settings.direction, kind, self._date(), passage, decision, code, text, by
        )

    def _new_passage(self) -> Passage:
        at = self._date()
        name = f"{to_us(at):016x}{secrets.token_hex(8)}"
        return Passage(name, self._settings.gate, self._settings.direction, at)

    def _lane_now(self) -> str:
        return f"{self._settings.gate}-{to_us(self._date()):x}"

    def _next(self) -> int:
        self._number += 1
        return self._number
