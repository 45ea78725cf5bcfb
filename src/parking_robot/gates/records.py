# SPDX-License-Identifier: Apache-2.0
"""What a gate records, and what each record does to the ledger: the log, the stay and the review in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from parking_robot.errors import LedgerError, ParkingError, StayError
from parking_robot.gates.decision import Decision, Direction, Passage, Verdict
from parking_robot.gates.journal import Record
from parking_robot.gates.site import Site
from parking_robot.money.money import Money
from parking_robot.plates.alphabet import fold
from parking_robot.reasons import Reason
from parking_robot.stays.alarms import begin_alarm, end_alarm
from parking_robot.stays.ending import end_stay
from parking_robot.stays.gate_log import GateEntry, add, newest
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.matching import Inside, match_exit
from parking_robot.stays.reviews import open_review
from parking_robot.stays.rights import find_right, right_facts, with_right
from parking_robot.stays.stay import EventKind, Stay, StayEvent, StayState
from parking_robot.stays.visits import quote_visit

_OF_THE_ENTRY = ("free", "free_until", "previous", "lost", "vehicle_class")
_OF_THE_CASE = ("candidates", "picture", "second_plate")


class RecordKind(StrEnum):
    """`kind` in the log of the gates."""

    DECIDED = "decided"
    PASSED = "passed"
    TURNED_BACK = "turned_back"
    TAILGATING = "tailgating"
    HELP_CALLED = "help_called"
    HELP_ANSWERED = "help_answered"
    BARRIER_FAILED = "barrier_failed"
    FIRE_OPENED = "fire_opened"
    FIRE_RELEASED = "fire_released"
    RESTARTED = "restarted"
    CLOCK_JUMPED = "clock_jumped"


def decided(passage: Passage, decision: Decision, number: int, by: str, lost_stay: str = "") -> Record:
    """Return the record of a decision, the ``number``-th on this car, made by a person or the gate itself.

    ``lost_stay``: the stay that an earlier decision made for it as for a lost ticket.
    """
    facts = {
        "direction": passage.direction.value, "plate": passage.plate, "confidence": round(passage.confidence, 4),
        "frames": passage.frames, "candidates": list(decision.candidates or passage.candidates),
        "picture": passage.picture, "verdict": decision.verdict.value, "code": decision.code.value,
        "text": decision.text, "by": by, "review": decision.review, "alarm": decision.alarm, **_money(decision.due),
    }  # fmt: skip
    if passage.by:
        facts["corrected_by"] = passage.by
    if decision.opens and passage.direction is Direction.ENTRY:
        until = decision.free_until.isoformat() if decision.free_until else None
        facts |= {"enter": True, "free": decision.free, "free_until": until, "previous": decision.previous}
        facts["vehicle_class"] = decision.vehicle_class
    if decision.lost:
        facts |= {"enter": True, "lost": True}
    elif lost_stay and decision.stay_id not in ("", lost_stay):
        facts["instead_of"] = lost_stay
    if decision.right is not None:
        facts["granted"] = right_facts(decision.right)
    key = f"{passage.id}:decided:{number}"
    return Record(key, RecordKind.DECIDED, passage.gate, passage.at, passage.id, decision.stay_id, facts)


def ended(kind: RecordKind, passage: Passage, decision: Decision | None, at: datetime, text: str) -> Record:
    """Return the record of how a passage ended: PASSED or TURNED_BACK."""
    facts: dict[str, Any] = {
        "direction": passage.direction.value, "plate": passage.plate, "confidence": passage.confidence, "text": text,
        "picture": passage.picture, "code": decision.code.value if decision else "",
        "opened": bool(decision and decision.opens), **_money(decision.due if decision else None),
    }  # fmt: skip
    stay_id = decision.stay_id if decision else ""
    return Record(f"{passage.id}:{kind}", kind, passage.gate, at, passage.id, stay_id, facts)


def went_in_alarm(passage: Passage, decision: Decision | None, at: datetime, text: str) -> Record:
    """Return the record of a car that went through a gate which a fire alarm held open."""
    record = ended(RecordKind.PASSED, passage, decision, at, text)
    facts = {**record.facts, "opened": True}
    if decision is None or not decision.opens:
        facts["code"] = Reason.FIRE.value
        if passage.direction is Direction.ENTRY:
            # Out, or in without a decision: the beam does not tell.
            facts["review"] = "fire"
    return replace(record, facts=facts)


def happened(
    kind: RecordKind, gate: str, at: datetime, key: str, passage: Passage | None, stay_id: str = "", **facts: Any
) -> Record:
    """Return the record of anything else."""
    if passage is not None:
        facts = {"direction": passage.direction.value, "plate": passage.plate, **facts}
    return Record(key, kind, gate, at, passage.id if passage else "", stay_id, facts)


def restarted(ledger: Ledger, gate: str, at: datetime) -> Record | None:
    """Return the record of a gate that starts although its last car's passage has not ended; None: all is well."""
    last = next(iter(newest(ledger, gate, most=1)), None)
    if last is None or last.kind != RecordKind.DECIDED or (last.facts or {}).get("verdict") != Verdict.OPEN:
        return None
    facts = {
        "text": "the gate restarted while it was open: nobody saw whether the car went through", "review": "restarted",
        "plate": (last.facts or {}).get("plate", ""),
    }  # fmt: skip
    return Record(f"{last.key}:restarted", RecordKind.RESTARTED, gate, at, last.passage, last.stay_id, facts)


def apply_record(ledger: Ledger, site: Site, record: Record) -> None:
    """Bring a record into the ledger, once: a key that is there already changes nothing. Raises LedgerError."""
    with ledger.batch():
        entry = GateEntry(record.key, record.gate, record.kind, record.at, record.passage, record.stay_id, record.facts)
        if not add(ledger, entry):
            return
        effect = _EFFECTS.get(record.kind)
        reasons = [str(record.facts["text"])] if record.facts.get("text") else []
        review = str(record.facts.get("review", ""))
        try:
            if effect is not None:
                effect(ledger, site, record)
        except LedgerError:
            raise
        except ParkingError as error:
            # Nothing that happened is thrown away because it fits nothing, nor stops what comes after it.
            review, reasons = review or "does_not_fit", [*reasons, str(error)]
        if review:
            facts = {"gate": record.gate, "plate": record.facts.get("plate", "")}
            if record.facts.get("alarm"):
                reasons.append(str(record.facts["alarm"]))
            if second := record.facts.get("second_plate"):
                reasons.append(f"the second car's plate: {second}")
            facts |= {name: record.facts[name] for name in _OF_THE_CASE if record.facts.get(name)}
            # One case of a kind for one car, however often it was decided on; each tailgater is another car.
            about = record.key if record.kind == RecordKind.TAILGATING else record.passage or record.key
            key = f"{about}:{review}"
            open_review(ledger, review, record.at, key, record.stay_id, reasons, **facts)


def _decided(ledger: Ledger, site: Site, record: Record) -> None:
    facts = record.facts
    # A gate that decides on cars is not held open by an alarm, also where nobody released it before a restart.
    end_alarm(ledger, record.gate, record.at)
    if facts.get("enter"):
        given = {name: facts[name] for name in _OF_THE_ENTRY if facts.get(name)}
        entered = ledger.enter(
            str(facts["plate"]), record.gate, record.at, f"{record.passage}:in", record.stay_id,
            confidence=facts.get("confidence", 0.0), picture=facts.get("picture", ""), reason=facts["code"],
            **given, **site.tariff.mark(record.at),
        )  # fmt: skip
        if facts.get("lost") and entered.plate != facts["plate"]:
            corrected = {"plate": facts["plate"], "by": facts.get("corrected_by", ""), "lane": record.gate}
            event = StayEvent(EventKind.PLATE_CORRECTED, record.at, corrected)
            ledger.append(entered.id, event, f"{record.key}:plate")
    if made := facts.get("instead_of"):
        _void_unpaid(ledger, str(made), record)
    if record.stay_id:
        told = {name: facts.get(name, "") for name in ("verdict", "code", "text", "by", "plate", "confidence")}
        told |= {"gate": record.gate, "picture": facts.get("picture", "")}
        if "due_minor" in facts:
            told |= {"due_minor": facts["due_minor"], "currency": facts["currency"], **site.tariff.mark(record.at)}
        ledger.append(record.stay_id, StayEvent(EventKind.DECISION, record.at, told), f"{record.key}:stay")
        if granted := facts.get("granted"):
            _grant(ledger, record, record.stay_id, str(facts["plate"]), granted)


def _void_unpaid(ledger: Ledger, stay_id: str, record: Record) -> None:
    """Take back a stay that was made for a car whose own was found after all; with money on it a person looks."""
    stay = ledger.stay(stay_id)
    if stay.state is StayState.INSIDE and not stay.payments:
        _void(ledger, record, stay, f"{stay_id}:void")
        return
    reasons = [f"paid as for a lost ticket, then the plate was corrected to {record.facts.get('plate', '')}"]
    open_review(ledger, "risk", record.at, f"{stay_id}:instead", stay_id, reasons)


def _void(ledger: Ledger, record: Record, stay: Stay, key: str) -> None:
    voided = StayEvent(EventKind.VOIDED, max(record.at, stay.entered), {"lane": record.gate})
    ledger.append(stay.id, voided, key)


def _passed(ledger: Ledger, site: Site, record: Record) -> None:
    if record.facts["direction"] != Direction.EXIT:
        return
    stay_id = record.stay_id
    if not stay_id and record.facts.get("opened"):
        # Opened while the ledger was away, or by a person: whose stay it was is found out now.
        plate, confidence = str(record.facts["plate"]), float(record.facts["confidence"])
        cars = [Inside(*row) for row in ledger.inside()]
        match = match_exit(plate, cars, record.at, confidence, site.sure)
        if not match.stay_id:
            raise StayError(f"a car left and its stay is not known: {match.reason}", hint="decide the review")
        stay_id = match.stay_id
    if not stay_id:
        raise StayError("a car left through a gate that had not been opened for it", hint="decide the review")
    _leave(ledger, site, record, stay_id, str(record.facts["plate"]), record.passage)


def _leave(ledger: Ledger, site: Site, record: Record, stay_id: str, plate: str, key: str) -> None:
    stay = ledger.stay(stay_id)
    # Entry and exit were seen by clocks of two computers: the exit never lies before the entry.
    at = max(record.at, stay.entered)
    due = quote_visit(site.tariff, stay, at, ledger).due
    right = find_right(ledger, site.lists.entries(), stay, plate, at) if due.minor > 0 and stay.left is None else None
    if right is not None and with_right(stay, right) != stay:
        # Nobody had asked: the ledger was away, an alarm held the gate open, or a person opened.
        stay = _grant(ledger, record, stay_id, plate, right_facts(right))
    facts = {"lane": record.gate, "plate": plate, "picture": record.facts.get("picture", "")}
    facts["confidence"] = record.facts.get("confidence", 0.0)
    end, why = StayEvent(EventKind.EXITED, at, facts), str(record.facts.get("code", ""))
    end_stay(ledger, site.tariff, stay, end, f"{key}:out", f"{key}:unpaid_exit", why, record.gate)


def _grant(ledger: Ledger, record: Record, stay_id: str, plate: str, right: Mapping[str, Any]) -> Stay:
    facts = {**right, "plate": plate, "lane": record.gate}
    return ledger.append(stay_id, StayEvent(EventKind.CONCESSION, record.at, facts), f"{record.key}:right")


def _fire_opened(ledger: Ledger, site: Site, record: Record) -> None:
    begin_alarm(ledger, record.gate, record.at)


def _fire_released(ledger: Ledger, site: Site, record: Record) -> None:
    end_alarm(ledger, record.gate, record.at)


def _turned_back(ledger: Ledger, site: Site, record: Record) -> None:
    if record.facts["direction"] == Direction.ENTRY and record.stay_id and record.facts.get("opened"):
        _void(ledger, record, ledger.stay(record.stay_id), f"{record.passage}:void")


def _tailgating(ledger: Ledger, site: Site, record: Record) -> None:
    plate = str(record.facts.get("second_plate", ""))
    if record.facts["direction"] == Direction.EXIT:
        _second_left(ledger, site, record, plate)
    elif not any(other == plate for _, other, _ in ledger.inside() if plate):
        # It is inside, so it counts and will meet its stay at the exit.
        told = {"reason": "tailgating", **site.tariff.mark(record.at)}
        ledger.enter(plate, record.gate, record.at, f"{record.key}:in", **told)


def _second_left(ledger: Ledger, site: Site, record: Record, plate: str) -> None:
    first = str(record.facts.get("plate", ""))
    if plate and not record.stay_id and fold(plate) == fold(first):
        raise StayError(f"{plate} may be {first} once more", hint="decide the review")
    cars = [Inside(*row) for row in ledger.inside() if row[0] != record.stay_id]
    # Read in passing: a near miss accuses nobody, a person decides.
    match = match_exit(plate, cars, record.at, 0.0, 1.0)
    if not match.stay_id:
        raise StayError(f"the second car's stay is not known: {match.reason}", hint="decide the review")
    _leave(ledger, site, record, match.stay_id, plate, record.key)


def _money(due: Money | None) -> Mapping[str, Any]:
    return {} if due is None else {"due_minor": due.minor, "currency": due.currency}


_EFFECTS: Mapping[str, Callable[[Ledger, Site, Record], None]] = {
    RecordKind.DECIDED: _decided,
    RecordKind.PASSED: _passed,
    RecordKind.TURNED_BACK: _turned_back,
    RecordKind.TAILGATING: _tailgating,
    RecordKind.FIRE_OPENED: _fire_opened,
    RecordKind.FIRE_RELEASED: _fire_released,
}
