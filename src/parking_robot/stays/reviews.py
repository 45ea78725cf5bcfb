# SPDX-License-Identifier: Apache-2.0
"""The review queue in the ledger: cases that a person looks at, each with its reasons, and the verdict with a name."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select

from parking_robot.errors import StayError
from parking_robot.plates.alphabet import normalise
from parking_robot.stays.access import ListEntry, class_of
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.rights import find_right, right_facts
from parking_robot.stays.stay import EventKind, StayEvent
from parking_robot.stays.store import from_us, to_us
from parking_robot.stays.tables import review_verdicts, reviews


class ReviewVerdict(StrEnum):
    """ACCEPT: it was right. REJECT: it was not. PLATE: the plate is another. OTHER_CAR: another stay has left."""

    ACCEPT = "accept"
    REJECT = "reject"
    PLATE = "plate"
    OTHER_CAR = "other-car"


@dataclass(frozen=True, slots=True)
class Review:
    """One case. ``facts`` holds ``reasons`` and what else is known; ``decided_by`` is empty while it is open."""

    number: int
    kind: str
    at: datetime
    stay_id: str
    facts: Mapping[str, Any]
    verdict: str = ""
    decided_by: str = ""
    note: str = ""


def open_review(
    ledger: Ledger, kind: str, at: datetime, key: str, stay_id: str = "", reasons: Sequence[str] = (), **facts: Any
) -> None:
    """Put a case into the queue; a key seen before changes nothing."""
    with ledger.batch() as connection:
        if connection.execute(select(reviews.c.serial).where(reviews.c.key == key)).first():
            return
        text = json.dumps({"reasons": list(reasons), **facts}, ensure_ascii=False, sort_keys=True)
        values = {"key": key, "kind": kind, "at_us": to_us(at), "stay_id": stay_id, "facts": text}
        connection.execute(insert(reviews).values(**values))


def list_reviews(ledger: Ledger, everything: bool = False, stay_id: str = "", most: int | None = 200) -> list[Review]:
    """Return the cases without a verdict (or all), oldest first; not more than ``most``, None: however many."""
    query = _cases()
    if not everything:
        query = query.where(review_verdicts.c.review.is_(None))
    if stay_id:
        query = query.where(reviews.c.stay_id == stay_id)
    with ledger.batch() as connection:
        rows = connection.execute(query.order_by(reviews.c.serial).limit(most)).all()
    return [_case(row) for row in rows]


def get_review(ledger: Ledger, number: int) -> Review:
    """Return one case, decided or not. Raises StayError when there is none of this number."""
    with ledger.reading() as connection:
        row = connection.execute(_cases().where(reviews.c.serial == number)).first()
    if row is None:
        raise _no_review(number)
    return _case(row)


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
) -> None:
    """Record a person's verdict and do what follows from it, in one transaction.

    PLATE corrects the stay's plate to ``plate``; by the ``lists``, where they are given, the stay is then free or not
    and its class known, as if the plate had been read at the entry. OTHER_CAR opens the stay again that was taken to
    have left and lets ``stay_id`` leave at the same moment instead. Raises StayError for an unknown or decided case,
    a missing name, or a verdict that does not fit.
    """
    if not by.strip():
        raise StayError("a verdict needs the name of the person who decides", hint="--by NAME")
    with ledger.batch() as connection:
        row = connection.execute(select(reviews).where(reviews.c.serial == number)).first()
        if row is None:
            raise _no_review(number)
        decided = connection.execute(select(review_verdicts).where(review_verdicts.c.review == number)).first()
        if decided is not None:
            raise StayError(
                f"review {number} was decided by {decided.decided_by}: {decided.verdict}",
                hint="decisions are never changed",
            )
        _follow(ledger, row, verdict, by, at, plate, stay_id, lists)
        values = {"review": number, "at_us": to_us(at), "verdict": verdict.value, "decided_by": by, "note": note}
        connection.execute(insert(review_verdicts).values(**values))


def _cases() -> Any:
    query = select(reviews, review_verdicts.c.verdict, review_verdicts.c.decided_by, review_verdicts.c.note)
    return query.join(review_verdicts, review_verdicts.c.review == reviews.c.serial, isouter=True)


def _case(row: Any) -> Review:
    return Review(
        number=row.serial,
        kind=row.kind,
        at=from_us(row.at_us),
        stay_id=row.stay_id,
        facts=json.loads(row.facts),
        verdict=row.verdict or "",
        decided_by=row.decided_by or "",
        note=row.note or "",
    )


def _no_review(number: int) -> StayError:
    return StayError(f"there is no review {number}", hint="list them: ronda parking reviews list --all")


def _follow(
    ledger: Ledger,
    row: Any,
    verdict: ReviewVerdict,
    by: str,
    at: datetime,
    plate: str,
    stay_id: str,
    lists: Sequence[ListEntry] | None,
) -> None:
    facts = {"by": by, "review": row.serial}
    if verdict is ReviewVerdict.PLATE:
        if not row.stay_id:
            raise StayError(f"review {row.serial} concerns no stay", hint="accept or reject it")
        corrected = {**facts, "plate": normalise(plate)}
        if lists is not None:
            stay = ledger.stay(row.stay_id)
            corrected |= right_facts(find_right(ledger, lists, stay, corrected["plate"], stay.left or at))
            corrected["vehicle_class"] = class_of(corrected["plate"], stay.entered, lists)
        ledger.append(row.stay_id, StayEvent(EventKind.PLATE_CORRECTED, at, corrected))
    elif verdict is ReviewVerdict.OTHER_CAR:
        wrong = ledger.stay(row.stay_id) if row.stay_id else None
        if wrong is None or wrong.left is None or not stay_id:
            raise StayError(f"review {row.serial} is of no car that left", hint="name the stay that left with --stay")
        ledger.append(wrong.id, StayEvent(EventKind.REOPENED, at, facts))
        ledger.append(stay_id, StayEvent(EventKind.EXITED, wrong.left, {**facts, "lane": "review"}))
