# SPDX-License-Identifier: Apache-2.0
"""The stays that a report of a period is about, found among any number of others without reading them all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from sqlalchemy import Connection, select

from parking_robot.stays.ledger import Ledger, event_of
from parking_robot.stays.stay import Stay, fold_events
from parking_robot.stays.store import to_us
from parking_robot.stays.tables import stay_events, stays

PAGE: Final = 10_000
"""Events that are looked at together."""
_STAYS_TOGETHER: Final = 500


def stays_of_period(ledger: Ledger, start: datetime, end: datetime, page: int = PAGE) -> list[Stay]:
    """Return every stay that was inside at some time of [start, end), or paid or was refunded then; oldest first.

    Events are looked at from the newest back until ``page`` of them in a row lie before ``start``: an event is never
    recorded before it happens, but those of an outage come later than they happened. So the work grows with what has
    been recorded since ``start``, not with the ledger. Raises LedgerError when the store cannot be read.
    """
    with ledger.reading() as connection:
        ids = {*_begun(connection, start, end), *_inside(connection), *_moved(connection, start, page)}
        found = [stay for stay in _read(connection, sorted(ids)) if _concerns(stay, start, end)]
    return sorted(found, key=lambda stay: (stay.entered, stay.id))


def overlaps(stay: Stay, start: datetime, end: datetime) -> bool:
    """Return whether a stay was inside at some time of [start, end); one that ended at ``start`` counts."""
    return stay.entered < end and (stay.left is None or stay.left >= start)


def _concerns(stay: Stay, start: datetime, end: datetime) -> bool:
    return overlaps(stay, start, end) or any(start <= payment.at < end for payment in stay.payments)


def _begun(connection: Connection, start: datetime, end: datetime) -> Iterator[str]:
    query = select(stays.c.id).where(stays.c.entered_us >= to_us(start), stays.c.entered_us < to_us(end))
    return (row.id for row in connection.execute(query).all())


def _inside(connection: Connection) -> Iterator[str]:
    return (row.id for row in connection.execute(select(stays.c.id).where(stays.c.left_us.is_(None))).all())


def _moved(connection: Connection, start: datetime, page: int) -> Iterator[str]:
    """Return the stays of the events at ``start`` or later, exits and payments of earlier entries among them."""
    newest = select(stay_events.c.serial, stay_events.c.stay_id, stay_events.c.at_us)
    newest = newest.order_by(stay_events.c.serial.desc()).limit(page)
    rows = connection.execute(newest).all()
    while recent := [row.stay_id for row in rows if row.at_us >= to_us(start)]:
        yield from recent
        rows = connection.execute(newest.where(stay_events.c.serial < rows[-1].serial)).all()


def _read(connection: Connection, ids: Sequence[str]) -> Iterator[Stay]:
    for first in range(0, len(ids), _STAYS_TOGETHER):
        query = select(stay_events).where(stay_events.c.stay_id.in_(ids[first : first + _STAYS_TOGETHER]))
        rows = connection.execute(query.order_by(stay_events.c.stay_id, stay_events.c.number)).all()
        for stay_id, of_stay in groupby(rows, key=lambda row: str(row.stay_id)):
            yield fold_events(stay_id, map(event_of, of_stay))
