# SPDX-License-Identifier: Apache-2.0
"""The ledger of stays over SQLite (`synchronous=FULL`) or PostgreSQL: what is acknowledged is on the disk."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from parking_robot.errors import LedgerError, StayError
from parking_robot.plates.alphabet import fold
from parking_robot.stays.stay import EventKind, Stay, StayEvent, apply, fold_events
from parking_robot.stays.store import READS, from_us, make_tables, open_engine, to_us, translated, without_password
from parking_robot.stays.tables import metadata, stay_events, stays


def new_stay_id() -> str:
    """Return 128 random bits as 32 hexadecimal digits: nobody guesses a stay."""
    return secrets.token_hex(16)


class Ledger:
    """One store. Each call is a transaction of its own unless it stands inside ``with ledger.batch():``."""

    def __init__(self, url: str, patience_s: float = 10.0) -> None:
        """Open or create the store at an SQLAlchemy URL. Raises LedgerError when it cannot be reached.

        ``patience_s``: how long a call waits for a lock or an answer before it raises LedgerError.
        """
        try:
            self.engine = open_engine(url, patience_s)
            try:
                with translated("opened"):
                    make_tables(self.engine, metadata)
            except BaseException:
                self.engine.dispose()
                raise
        except (SQLAlchemyError, ImportError, ValueError) as error:
            raise LedgerError(
                f"the store {without_password(url)} cannot be used: {error}", hint="check the URL"
            ) from error
        # A batch belongs to the thread that opened it.
        self._local = threading.local()

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    @contextmanager
    def batch(self) -> Iterator[Connection]:
        """Group the calls inside into one transaction: all of them are kept, or none."""
        if self._open is not None:
            yield self._open
            return
        with translated("written"), self.engine.begin() as connection:
            self._local.connection = connection
            try:
                yield connection
            finally:
                self._local.connection = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Look something up without keeping writers away; inside a batch, with what it has written so far."""
        if self._open is not None:
            yield self._open
            return
        with translated("read"), self.engine.connect() as connection:
            yield connection.execution_options(**READS)

    def enter(self, plate: str, lane: str, at: datetime, key: str = "", stay_id: str = "", **facts: Any) -> Stay:
        """Record an entry and return the new stay; with a ``key`` seen before, the stay of then and nothing new.

        ``plate`` is normalised, or empty for an unread car. ``stay_id``: 32 random hexadecimal digits, made here when
        empty; a gate makes its own, so that it can show the stay's code while the ledger is away.
        """
        with self.batch() as connection:
            if key and (known := self._by_key(connection, key)):
                return self.stay(known)
            stay_id = stay_id or new_stay_id()
            connection.execute(
                insert(stays).values(id=stay_id, plate=plate, folded=fold(plate), entered_us=to_us(at), bay="")
            )
            entered = StayEvent(EventKind.ENTERED, at, {"plate": plate, "lane": lane, **facts})
            self._write(connection, stay_id, 0, entered, key)
            return apply(stay_id, None, entered)

    def append(self, stay_id: str, added: StayEvent, key: str = "") -> Stay:
        """Record one more event of a stay and return its state; a ``key`` seen before changes nothing.

        Raises StayError when the event does not fit.
        """
        with self.batch() as connection:
            self.lock(stay_id)
            # Only now: a parallel writer of the same key has finished.
            if key and self._by_key(connection, key):
                return self.stay(stay_id)
            events = self.events(stay_id)
            if not events:
                raise StayError(f"there is no stay {stay_id}", hint="check the id")
            stay = apply(stay_id, fold_events(stay_id, events), added)
            self._write(connection, stay_id, len(events), added, key)
            left = to_us(stay.left) if stay.left else None
            changed = {"plate": stay.plate, "folded": fold(stay.plate), "left_us": left, "bay": stay.bay}
            connection.execute(update(stays).where(stays.c.id == stay_id).values(**changed))
            return stay

    def lock(self, stay_id: str) -> None:
        """Keep the other writers of a stay waiting until the batch ends: for what is read now and written then.

        Call it inside of ``with ledger.batch():`` and read the stay afterwards; an unknown stay locks nothing.
        """
        # SQLite has one writer anyway.
        if self.engine.dialect.name != "sqlite":
            with self.batch() as connection:
                connection.execute(select(stays.c.id).where(stays.c.id == stay_id).with_for_update())

    def knows(self, key: str) -> bool:
        """Return whether an event is on record under a key."""
        with self.reading() as connection:
            return self._by_key(connection, key) is not None

    def stay(self, stay_id: str) -> Stay:
        """Return a stay. Raises StayError when there is none of this id."""
        return fold_events(stay_id, self.events(stay_id))

    def events(self, stay_id: str) -> list[StayEvent]:
        """Return the events of a stay in the order in which they were recorded."""
        query = select(stay_events).where(stay_events.c.stay_id == stay_id).order_by(stay_events.c.number)
        return [event_of(row) for row in self._rows(query)]

    def inside(self) -> list[tuple[str, str, datetime]]:
        """Return (id, plate, entry) of every car that has not left, oldest first."""
        query = select(stays.c.id, stays.c.plate, stays.c.entered_us).where(stays.c.left_us.is_(None))
        return [(r.id, r.plate, from_us(r.entered_us)) for r in self._rows(query.order_by(stays.c.entered_us))]

    def inside_between(
        self, keys: Collection[str], start: datetime, end: datetime
    ) -> list[tuple[str, str, datetime, datetime | None]]:
        """Return (id, plate, entry, exit) of the stays with these folded plates that lie in [start, end] in part."""
        query = select(stays).where(stays.c.folded.in_(keys), stays.c.entered_us <= to_us(end))
        query = query.where(or_(stays.c.left_us.is_(None), stays.c.left_us > to_us(start)))
        return [
            (r.id, r.plate, from_us(r.entered_us), None if r.left_us is None else from_us(r.left_us))
            for r in self._rows(query)
        ]

    def count_inside(self) -> int:
        """Return the number of cars that have not left."""
        return int(self._rows(select(func.count()).select_from(stays).where(stays.c.left_us.is_(None)))[0][0])

    def last_left(self, plate: str, since: datetime) -> str:
        """Return the id of the newest stay of exactly this plate that ended at ``since`` or later; empty: none."""
        query = select(stays.c.id).where(stays.c.folded == fold(plate), stays.c.left_us >= to_us(since))
        found = self._rows(query.where(stays.c.plate == plate).order_by(stays.c.left_us.desc()).limit(1))
        return str(found[0].id) if found else ""

    def find_car(self, plate: str) -> list[tuple[str, str, str, datetime]]:
        """Return (id, plate, bay, entry) of cars inside whose plate looks like ``plate`` (folded key)."""
        query = select(stays).where(stays.c.folded == fold(plate), stays.c.left_us.is_(None))
        return [(r.id, r.plate, r.bay, from_us(r.entered_us)) for r in self._rows(query)]

    def entered_between(self, start: datetime, end: datetime, most: int = 1000) -> list[tuple[str, str, datetime]]:
        """Return (id, plate, entry) of the newest ``most`` stays that began in [start, end), newest first."""
        query = select(stays.c.id, stays.c.plate, stays.c.entered_us)
        query = query.where(stays.c.entered_us >= to_us(start), stays.c.entered_us < to_us(end))
        return [
            (r.id, r.plate, from_us(r.entered_us))
            for r in self._rows(query.order_by(stays.c.entered_us.desc()).limit(most))
        ]

    def count(self) -> int:
        """Return the number of stays on record."""
        return int(self._rows(select(func.count()).select_from(stays))[0][0])

    @property
    def _open(self) -> Connection | None:
        connection: Connection | None = getattr(self._local, "connection", None)
        return connection

    def _rows(self, query: Any) -> Sequence[Any]:
        if self._open is not None:
            with translated("read"):
                return self._open.execute(query).all()
        with translated("read"), self.engine.connect() as connection:
            return connection.execute(query).all()

    def _by_key(self, connection: Connection, key: str) -> str | None:
        found = connection.execute(select(stay_events.c.stay_id).where(stay_events.c.key == key)).first()
        return str(found.stay_id) if found else None

    def _write(self, connection: Connection, stay_id: str, number: int, added: StayEvent, key: str) -> None:
        facts = json.dumps(dict(added.facts), ensure_ascii=False, sort_keys=True)
        connection.execute(
            insert(stay_events).values(
                stay_id=stay_id,
                number=number,
                kind=added.kind.value,
                at_us=to_us(added.at),
                facts=facts,
                key=key or None,
            )
        )


def event_of(row: Any) -> StayEvent:
    """Return the event that a row of ``stay_events`` tells."""
    return StayEvent(EventKind(row.kind), from_us(row.at_us), json.loads(row.facts))
