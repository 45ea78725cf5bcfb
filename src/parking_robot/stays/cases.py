# SPDX-License-Identifier: Apache-2.0
"""The queue of cases in the ledger that a person looks at, each with its reasons; both cases and verdicts only grow."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from parking_robot.errors import StayError
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.store import from_us, to_us
from parking_robot.stays.tables import review_verdicts, reviews

OVERTAKEN = "overtaken"
"""The verdict on a case whose ground another case's verdict has taken away; nobody chooses it."""


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


def list_reviews(
    ledger: Ledger, everything: bool = False, stay_id: str = "", since: datetime | None = None
) -> list[Review]:
    """Return the cases without a verdict (or all), oldest first; those of one stay, those after ``since``."""
    query = _cases()
    if not everything:
        query = query.where(review_verdicts.c.review.is_(None))
    if stay_id:
        query = query.where(reviews.c.stay_id == stay_id)
    if since is not None:
        query = query.where(reviews.c.at_us > to_us(since))
    with ledger.reading() as connection:
        rows = connection.execute(query.order_by(reviews.c.serial)).all()
    return [_case(row) for row in rows]


def get_review(ledger: Ledger, number: int) -> Review:
    """Return one case, decided or not. Raises StayError when there is none of this number."""
    row = None
    if 0 < number <= _LARGEST:
        with ledger.reading() as connection:
            row = connection.execute(_cases().where(reviews.c.serial == number)).first()
    if row is None:
        raise StayError(f"there is no review {number}", hint="list them: ronda parking reviews list --all")
    return _case(row)


def record_verdict(ledger: Ledger, number: int, verdict: str, by: str, at: datetime, note: str = "") -> None:
    """Record a verdict on an open case. Raises LedgerError for a second one."""
    values = {"review": number, "at_us": to_us(at), "verdict": verdict, "decided_by": by, "note": note}
    with ledger.batch() as connection:
        connection.execute(insert(review_verdicts).values(**values))


# What the databases take for a number; a larger one is no case's.
_LARGEST = 2**63 - 1


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
