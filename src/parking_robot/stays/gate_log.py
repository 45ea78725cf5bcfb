# SPDX-License-Identifier: Apache-2.0
"""The log of the gates in the ledger: every decision and passage, with a stay or without one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from parking_robot.stays.ledger import Ledger
from parking_robot.stays.store import from_us, to_us
from parking_robot.stays.tables import gate_events


@dataclass(frozen=True, slots=True)
class GateEntry:
    """One line of the log. ``kind`` as in GateEvent, in words; ``facts`` are JSON values."""

    key: str
    gate: str
    kind: str
    at: datetime
    passage: str = ""
    stay_id: str = ""
    facts: Mapping[str, Any] | None = None


def add(ledger: Ledger, entry: GateEntry) -> bool:
    """Add a line; return False, and change nothing, when its key is there already."""
    with ledger.batch() as connection:
        if connection.execute(select(gate_events.c.serial).where(gate_events.c.key == entry.key)).first():
            return False
        facts = json.dumps(dict(entry.facts or {}), ensure_ascii=False, sort_keys=True)
        values = {"key": entry.key, "gate": entry.gate, "kind": entry.kind, "at_us": to_us(entry.at)}
        values |= {"passage": entry.passage, "stay_id": entry.stay_id, "facts": facts}
        connection.execute(insert(gate_events).values(**values))
        return True


def newest(ledger: Ledger, gate: str = "", most: int = 100) -> list[GateEntry]:
    """Return the newest lines (of one gate), newest first."""
    query = select(gate_events).order_by(gate_events.c.serial.desc()).limit(most)
    if gate:
        query = query.where(gate_events.c.gate == gate)
    with ledger.batch() as connection:
        rows = connection.execute(query).all()
    return [GateEntry(r.key, r.gate, r.kind, from_us(r.at_us), r.passage, r.stay_id, json.loads(r.facts)) for r in rows]
