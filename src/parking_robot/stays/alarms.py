# SPDX-License-Identifier: Apache-2.0
"""When fire alarms held the gates open: nobody is charged for that time. Kept with the ledger, which can only grow."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select

from parking_robot.money.pauses import Pauses, pauses_of
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.store import from_us, to_us
from parking_robot.stays.tables import alarm_events


def begin_alarm(ledger: Ledger, gate: str, at: datetime) -> None:
    """Record that an alarm opened a gate; one that is open for an alarm already stays so."""
    _record(ledger, gate, at, True)


def end_alarm(ledger: Ledger, gate: str, at: datetime) -> None:
    """Record that a gate works as usual again; without an alarm before, it changes nothing."""
    _record(ledger, gate, at, False)


def open_alarms(ledger: Ledger) -> dict[str, datetime]:
    """Return the gates that an alarm still holds open, as far as is known, and since when."""
    return _periods(ledger)[1]


def alarm_pauses(ledger: Ledger, now: datetime) -> Pauses:
    """Return the times of alarms up to ``now``: from the first gate that one opened to the last that works again."""
    periods, open_since = _periods(ledger)
    periods += [(since, now) for since in open_since.values()]
    return pauses_of((start, min(end, now)) for start, end in periods)


def _periods(ledger: Ledger) -> tuple[list[tuple[datetime, datetime]], dict[str, datetime]]:
    open_since: dict[str, datetime] = {}
    periods = []
    with ledger.reading() as connection:
        rows = connection.execute(select(alarm_events).order_by(alarm_events.c.serial)).all()
    for row in rows:
        at = from_us(row.at_us)
        if row.begins:
            open_since.setdefault(row.gate, at)
        elif row.gate in open_since:
            periods.append((open_since.pop(row.gate), at))
    return periods, open_since


def _record(ledger: Ledger, gate: str, at: datetime, begins: bool) -> None:
    query = select(alarm_events.c.begins).where(alarm_events.c.gate == gate)
    with ledger.batch() as connection:
        newest = connection.execute(query.order_by(alarm_events.c.serial.desc()).limit(1)).first()
        if (newest is not None and newest.begins) == begins:
            return
        connection.execute(insert(alarm_events).values(gate=gate, at_us=to_us(at), begins=begins))
