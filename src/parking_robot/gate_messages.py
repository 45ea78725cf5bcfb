# SPDX-License-Identifier: Apache-2.0
"""What a gate's station says, as messages; and what its barrier says, as the station's inputs."""

from __future__ import annotations

import math

from ronda.msg import BarrierState, GateEvent, GateState
from std_msgs.msg import Header

from parking_robot.gates.barrier_desk import Arm
from parking_robot.gates.decision import Decision, Direction, Verdict
from parking_robot.gates.passage import LaneState
from parking_robot.gates.records import RecordKind
from parking_robot.gates.station_port import Inputs
from parking_robot.gates.station_state import StationEvent, StationState
from parking_robot.stays.store import to_us
from ronda_core import images

_PHASES = {
    LaneState.EMPTY: GateState.PHASE_EMPTY,
    LaneState.READING: GateState.PHASE_READING,
    LaneState.DECIDING: GateState.PHASE_DECIDING,
    LaneState.HELD: GateState.PHASE_HELD,
    LaneState.OPEN: GateState.PHASE_OPEN,
    LaneState.FIRE: GateState.PHASE_FIRE,
}
_VERDICTS = {
    Verdict.OPEN: GateState.DECISION_OPEN,
    Verdict.HOLD: GateState.DECISION_HOLD,
    Verdict.ASK: GateState.DECISION_ASK,
}
_KINDS = {
    RecordKind.DECIDED: GateEvent.DECIDED,
    RecordKind.PASSED: GateEvent.PASSED,
    RecordKind.TURNED_BACK: GateEvent.TURNED_BACK,
    RecordKind.TAILGATING: GateEvent.TAILGATING,
    RecordKind.HELP_CALLED: GateEvent.HELP_CALLED,
    RecordKind.HELP_ANSWERED: GateEvent.HELP_ANSWERED,
    RecordKind.BARRIER_FAILED: GateEvent.BARRIER_FAILED,
    RecordKind.FIRE_OPENED: GateEvent.FIRE_OPENED,
    RecordKind.FIRE_RELEASED: GateEvent.FIRE_RELEASED,
}
_ARMS = {
    BarrierState.UNKNOWN: Arm.UNKNOWN,
    BarrierState.OPEN: Arm.UP,
    BarrierState.OPENING: Arm.MOVING_UP,
    BarrierState.CLOSED: Arm.DOWN,
    BarrierState.CLOSING: Arm.MOVING_DOWN,
    BarrierState.STOPPED: Arm.STOPPED,
    BarrierState.FAULT: Arm.FAULT,
}


def state_message(state: StationState, header: Header) -> GateState:
    """Return the latched state."""
    decision = state.decision
    minor, currency = _due(decision)
    return GateState(
        header=header,
        gate_id=state.gate,
        direction=_direction(state.direction),
        phase=_PHASES[state.lane] if state.in_service else GateState.PHASE_OUT_OF_SERVICE,
        plate=state.plate,
        plate_confidence=min(max(state.confidence, 0.0), 1.0),
        plate_frames=state.frames,
        decision=_VERDICTS[decision.verdict] if decision else GateState.DECISION_NONE,
        reason_code=decision.code.value if decision else "",
        reason_text=decision.text if decision else "",
        amount_minor=minor,
        currency=currency,
        payment_url=state.payment_url,
        stay_id=decision.stay_id if decision else "",
        help_called=state.help_called,
        call_id=state.call_id,
        ledger_away=state.ledger_away,
        spaces_free=state.spaces,
    )


def event_message(event: StationEvent, header: Header, picture: bytes) -> GateEvent:
    """Return an event; ``picture`` is a JPEG or empty."""
    passage, decision = event.passage, event.decision
    minor, currency = _due(decision)
    return GateEvent(
        header=header,
        event_id=f"{to_us(event.at):016x}-{event.gate}-{event.kind}",
        gate_id=event.gate,
        direction=_direction(event.direction),
        kind=_KINDS[event.kind],
        passage_id=passage.id if passage else "",
        stay_id=decision.stay_id if decision else "",
        plate=passage.plate if passage else "",
        plate_confidence=min(max(passage.confidence, 0.0), 1.0) if passage else 0.0,
        decision=_VERDICTS[decision.verdict] if decision else GateState.DECISION_NONE,
        reason_code=event.code.value,
        reason_text=event.text,
        decided_by=event.by,
        amount_minor=minor,
        currency=currency,
        to_review=bool(decision and decision.review),
        decide_seconds=_or_nan(event.decide_seconds),
        command_seconds=_or_nan(event.command_seconds),
        picture=images.compressed(picture, header),
    )


def inputs_of(message: BarrierState, fire: bool) -> Inputs:
    """Return what a barrier says; a barrier that has heard nothing of its board is one that is not heard."""
    arm = _ARMS.get(message.state, Arm.UNKNOWN)
    heard = message.state != BarrierState.UNKNOWN
    return Inputs(arm, message.loop_occupied, message.beam_blocked, fire, heard)


def _direction(direction: Direction) -> int:
    value: int = GateState.ENTRY if direction is Direction.ENTRY else GateState.EXIT
    return value


def _due(decision: Decision | None) -> tuple[int, str]:
    return (decision.due.minor, decision.due.currency) if decision and decision.due else (0, "")


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value
