# SPDX-License-Identifier: Apache-2.0
"""The verdicts of persons on the cases of the queue, each with a name, and what follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from parking_robot.errors import StayError
from parking_robot.money.tariff import Tariff
from parking_robot.plates.alphabet import fold, normalise
from parking_robot.stays.access import ListEntry, class_of
from parking_robot.stays.cases import Review, get_review, list_reviews, open_review, record_verdict
from parking_robot.stays.ending import UNPAID_EXIT, bill_anew, end_stay, overtake_debts
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.rights import find_right, right_facts
from parking_robot.stays.stay import EventKind, Stay, StayEvent, StayState, fold_events

# The queue is `stays.cases`; who looks at cases and decides them finds both here.
__all__ = ["Review", "ReviewVerdict", "decide_review", "get_review", "list_reviews", "open_review"]


class ReviewVerdict(StrEnum):
    """ACCEPT: it was right. REJECT: it was not. PLATE: the plate is another. OTHER_CAR: another stay has left."""

    ACCEPT = "accept"
    REJECT = "reject"
    PLATE = "plate"
    OTHER_CAR = "other-car"


def decide_review(
    ledger: Ledger,
    number: int,
    verdict: ReviewVerdict,
    by: str,
    at: datetime,
    note: str = "",
    plate: str = "",
    stay_id: str = "",
    lists: Sequence[ListEntry] | None = None,
    tariff: Tariff | None = None,
) -> None:
    """Record a person's verdict and do what follows from it, in one transaction.

    PLATE corrects the stay's plate to ``plate``; by the ``lists``, where they are given, the stay is then free or not
    and its class known, as if the plate had been read at the entry. If it has ended, it is billed anew by the
    ``tariff``, where that is given. OTHER_CAR opens the stay again that was taken to have left and lets ``stay_id``
    leave at the same moment instead, with its bill. Cases of a debt that is no longer so are overtaken. Raises
    StayError for an unknown or decided case, a missing name, or a verdict that does not fit; TariffError.
    """
    if not by.strip():
        raise StayError("a verdict needs the name of the person who decides", hint="--by NAME")
    with ledger.batch():
        case = get_review(ledger, number)
        if case.verdict:
            raise StayError(
                f"review {number} was decided by {case.decided_by}: {case.verdict}", hint="decisions are never changed"
            )
        if verdict is ReviewVerdict.PLATE:
            _correct_plate(ledger, case, by, at, normalise(plate), lists, tariff)
        elif verdict is ReviewVerdict.OTHER_CAR:
            _let_other_leave(ledger, case, by, at, stay_id, tariff)
        record_verdict(ledger, number, verdict.value, by, at, note)


def _correct_plate(
    ledger: Ledger,
    case: Review,
    by: str,
    at: datetime,
    plate: str,
    lists: Sequence[ListEntry] | None,
    tariff: Tariff | None,
) -> None:
    if not case.stay_id:
        raise StayError(f"review {case.number} concerns no stay", hint="accept or reject it")
    ledger.lock(case.stay_id)
    stay = ledger.stay(case.stay_id)
    facts: dict[str, Any] = {"by": by, "review": case.number, "plate": plate}
    if lists is not None:
        facts |= right_facts(find_right(ledger, lists, stay, plate, stay.left or at))
        facts["vehicle_class"] = class_of(plate, stay.entered, lists)
    corrected = StayEvent(EventKind.PLATE_CORRECTED, at, facts)
    if tariff is None or stay.state not in (StayState.LEFT, StayState.CLOSED):
        ledger.append(stay.id, corrected)
        return
    why = f"review {case.number}, {by}"
    overtake_debts(ledger, stay.id, by, at, f"the plate is {plate}: {why}", but=case.number)
    bill_anew(ledger, tariff, stay, corrected, _case_key(case), why)


def _let_other_leave(ledger: Ledger, case: Review, by: str, at: datetime, stay_id: str, tariff: Tariff | None) -> None:
    if tariff is None:
        raise StayError("without the garage's prices no stay ends", hint="hand the tariff over")
    # In one order, so that two verdicts on the same two cars never wait for one another.
    for locked in sorted((case.stay_id, stay_id)):
        ledger.lock(locked)
    wrong = ledger.stay(case.stay_id) if case.stay_id else None
    if wrong is None or wrong.left is None or not stay_id:
        raise StayError(f"review {case.number} is of no car that left", hint="name the stay that left with --stay")
    if stay_id == wrong.id:
        raise StayError(f"stay {stay_id} is the one that was taken to have left", hint="name the other with --stay")
    facts = {"by": by, "review": case.number}
    ledger.append(wrong.id, StayEvent(EventKind.REOPENED, at, {**facts, **_own_right(ledger, wrong)}))
    why = f"review {case.number}, {by}"
    overtake_debts(ledger, wrong.id, by, at, f"another car had left: {why}", but=case.number)
    left = StayEvent(EventKind.EXITED, wrong.left, {**facts, "lane": "review"})
    end_stay(ledger, tariff, ledger.stay(stay_id), left, "", _case_key(case), why)


def _own_right(ledger: Ledger, stay: Stay) -> dict[str, Any]:
    """Return the right that a stay has without those that exits of cars with other plates have granted it."""
    own = fold_events(
        stay.id,
        (
            event
            for event in ledger.events(stay.id)
            if event.kind is not EventKind.CONCESSION
            or "right" not in event.facts
            or fold(str(event.facts.get("plate", ""))) == fold(stay.plate)
        ),
    )
    return {"free": own.free, "free_until": own.free_until.isoformat() if own.free_until is not None else None}


def _case_key(case: Review) -> str:
    return f"review:{case.number}:{UNPAID_EXIT}"
