# SPDX-License-Identifier: Apache-2.0
"""What a station says of itself: its state for screens and operators, and its events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from parking_robot.gates.decision import Decision, Direction, Passage
from parking_robot.gates.passage import LaneState
from parking_robot.gates.records import RecordKind
from parking_robot.reasons import Reason


@dataclass(frozen=True, slots=True)
class StationState:
    """As GateState."""

    gate: str
    direction: Direction
    lane: LaneState
    in_service: bool
    plate: str
    confidence: float
    frames: int
    decision: Decision | None
    payment_url: str
    help_called: bool
    call_id: str
    ledger_away: bool
    spaces: int

    def to_json(self) -> dict[str, Any]:
        """Return what the garage's server is told for the screen, as JSON values."""
        decision = self.decision
        due = decision.due if decision else None
        return {
            "gate": self.gate, "direction": self.direction.value, "in_service": self.in_service,
            "phase": self.lane.value, "plate": self.plate, "verdict": decision.verdict.value if decision else "",
            "code": decision.code.value if decision else "", "text": decision.text if decision else "",
            "minor": due.minor if due else 0, "currency": due.currency if due else "",
            "payment_url": self.payment_url, "help_called": self.help_called, "ledger_away": self.ledger_away,
            "spaces": self.spaces,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class StationEvent:
    """As GateEvent; the two times are seconds, None where they do not apply."""

    gate: str
    direction: Direction
    kind: RecordKind
    at: datetime
    passage: Passage | None
    decision: Decision | None
    code: Reason
    text: str
    by: str
    decide_seconds: float | None = None
    command_seconds: float | None = None
