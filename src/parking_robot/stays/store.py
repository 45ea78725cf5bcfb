# SPDX-License-Identifier: Apache-2.0
"""The connection to the store: SQLite (`synchronous=FULL`) or PostgreSQL, its errors in our words, its instants."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError

from parking_robot.errors import LedgerError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


# Any number of one's own: who makes the tables holds this lock of PostgreSQL's.
_TABLES_LOCK = 0x726F6E6461

# Execution options of a connection that only looks up.
READS = {"ronda_reads": True}


def to_us(at: datetime) -> int:
    """Return an aware instant as whole microseconds since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def from_us(us: int) -> datetime:
    """Return the instant of ``to_us``, in UTC."""
    return _EPOCH + timedelta(microseconds=us)


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Raise LedgerError for whatever the database says inside."""
    try:
        yield
    except IntegrityError as error:
        raise LedgerError(f"another writer was first: {error.orig}", hint="read the stay again and repeat") from error
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", error)).splitlines()[0]
        raise LedgerError(
            f"the ledger could not be {what}: {cause}",
            hint="check disk space and the database; nothing was half-written",
        ) from error


def make_tables(engine: Engine, tables: MetaData) -> None:
    """Make the tables that are missing. Of several programs that open a new store at once, one makes them."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            # Two that see a table missing would both make it there; SQLite has one writer at a time anyway.
            connection.execute(select(func.pg_advisory_xact_lock(_TABLES_LOCK)))
        tables.create_all(connection)


def open_engine(url: str, patience_s: float) -> Engine:
    """Return an engine that waits at most ``patience_s`` for a lock, a connection or a statement."""
    if not url.startswith("sqlite"):
        waits = math.ceil(patience_s * 1000)
        options = f"-c lock_timeout={waits} -c statement_timeout={waits}"
        # connect_timeout counts whole seconds and takes less than two as two.
        connect = {"connect_timeout": max(2, math.ceil(patience_s)), "options": options}
        # The server keeps to its time-outs; a server that is gone from the network keeps to nothing.
        connect |= {"tcp_user_timeout": waits, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3}
        # As many connections as the server has threads: a request that waits for one pays for it in its answer.
        return create_engine(url, pool_pre_ping=True, pool_size=20, pool_timeout=patience_s, connect_args=connect)
    engine = create_engine(url)
    file = Path(engine.url.database or "")

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={int(patience_s * 1000)}")
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        _record.info["file"] = _identity(file)

    @event.listens_for(engine, "checkout")
    def _still_there(_connection: Any, record: Any, _proxy: Any) -> None:
        # A connection goes on writing into a file that was deleted or replaced, and everything would be lost.
        if record.info["file"] != _identity(file):
            record.invalidate()
            raise LedgerError(
                f"the ledger's file {file} was taken away or replaced", hint="put the ledger back, then start again"
            )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A write lock from the start: a transaction that reads first could not be upgraded beside another writer.
        reads = connection.get_execution_options().get("ronda_reads")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def ledger_file(url: str) -> Path | None:
    """Return the file of an SQLite store; None for another store, one that is no plain file, and what is no URL."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return None
    name = parsed.database or ""
    plain = parsed.get_backend_name() == "sqlite" and name and name != ":memory:" and not name.startswith("file:")
    return Path(name) if plain else None


def without_password(url: str) -> str:
    """Return the URL without user and password."""
    head, at, tail = url.rpartition("@")
    return f"{head.split('//')[0]}//...@{tail}" if at else url


def _identity(file: Path) -> tuple[int, int]:
    try:
        status = file.stat()
    except OSError:
        return (0, 0)
    return (status.st_dev, status.st_ino)
