# SPDX-License-Identifier: Apache-2.0
"""Spaces that were promised at an entry and whose car is not on record yet: two gates do not promise the last one."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, text

from parking_robot.stays.ledger import Ledger
from parking_robot.stays.store import to_us
from parking_robot.stays.tables import entry_claims, stays

# From the decision to the record it takes milliseconds; a gate that died in between keeps a space this long.
CLAIM_LASTS = timedelta(seconds=60)


def claim_space(ledger: Ledger, gate: str, stay_id: str, at: datetime, capacity: int) -> bool:
    """Promise a space to the car at ``gate``, recorded as ``stay_id`` later; return False when none is left.

    A gate's newest promise replaces the one before: it has one car at a time.
    """
    others = select(func.count()).select_from(entry_claims).where(
        entry_claims.c.gate != gate,
        entry_claims.c.at_us > to_us(at - CLAIM_LASTS),
        entry_claims.c.stay_id.not_in(select(stays.c.id)),
    )  # fmt: skip
    with ledger.batch() as connection:
        if ledger.engine.dialect.name != "sqlite":
            # SQLite has one writer anyway.
            connection.execute(text("LOCK TABLE entry_claims IN EXCLUSIVE MODE"))
        connection.execute(delete(entry_claims).where(entry_claims.c.gate == gate))
        if ledger.count_inside() + connection.execute(others).scalar_one() >= capacity:
            return False
        connection.execute(insert(entry_claims).values(gate=gate, stay_id=stay_id, at_us=to_us(at)))
        return True
