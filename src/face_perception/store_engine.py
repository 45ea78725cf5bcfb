# SPDX-License-Identifier: Apache-2.0
"""Connections to a gallery's database, SQLite or PostgreSQL, and its errors in words a person can act on."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError
from sqlalchemy.pool import QueuePool

from face_perception.errors import GalleryError

# Names the lock that puts writers of one PostgreSQL database into an order (the bytes of "ronda").
_WRITERS = 0x726F6E6461
_SQLITE_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "busy_timeout=10000")


class Database:
    """One database; ``name`` is how errors call it (a path, or a URL without its password)."""

    def __init__(self, place: Path | str, read_only: bool = False) -> None:
        """``place``: the file of an SQLite gallery, or an SQLAlchemy URL. Raises GalleryError."""
        if isinstance(place, Path):
            self.name = str(place)
            self.engine = _sqlite(place, read_only)
        else:
            self.engine = _by_url(place)
            self.name = self.engine.url.render_as_string(hide_password=True)
        self.is_sqlite = self.engine.dialect.name == "sqlite"

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    @contextmanager
    def transaction(self, write: bool = False, before_commit: Callable[[], None] | None = None) -> Iterator[Connection]:
        """Everything inside is kept, on disk when the block ends, or nothing; an error of ``before_commit`` undoes it.

        Raises GalleryError.
        """
        with self.translated(), self.engine.connect() as connection:
            if self.is_sqlite:
                # A writer takes the lock at once: two that read first would refuse each other later.
                connection.execute(text("BEGIN IMMEDIATE" if write else "BEGIN"))
            elif write:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _WRITERS})
            yield connection
            if before_commit is not None:
                before_commit()
            connection.commit()

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turn the database's errors into GalleryError."""
        try:
            yield
        except DatabaseError as error:
            words = str(error.orig).strip().splitlines()[0]
            raise GalleryError(f"gallery {self.name}: {words}", hint=_advice(words)) from error
        except (UnicodeDecodeError, sqlite3.Error) as error:
            # What the driver makes of damaged names and texts.
            raise GalleryError(f"gallery {self.name}: malformed ({error})", hint=_advice("malformed")) from error


def _sqlite(path: Path, read_only: bool) -> Engine:
    if not read_only:
        path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size == 0:
        # SQLite would take it for a new database and lose the gallery without a word.
        raise GalleryError(f"gallery {path} is empty: it was cut off", hint="restore it, or remove it to start anew")
    mode = "ro" if read_only else "rwc"

    def connect() -> sqlite3.Connection:
        # By as_uri(): a path may hold any character.
        uri = f"{path.absolute().as_uri()}?mode={mode}"
        return sqlite3.connect(uri, uri=True, timeout=10, check_same_thread=False)

    # The pool keeps connections of other threads apart, as that of a file does by default.
    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool)

    def configure(connection: Any, _record: Any) -> None:
        # Transactions are begun by hand: the driver's own would start them as readers.
        connection.isolation_level = None
        for pragma in () if read_only else _SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", configure)
    return engine


def _by_url(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() != "postgresql":
            raise GalleryError(
                f"a gallery at '{parsed.render_as_string(hide_password=True)}' is not supported",
                hint="give postgresql://user:password@host/database, or a folder with --faces-dir",
            )
        return create_engine(parsed, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError) as error:
        # The URL itself is not repeated: it may hold a password.
        raise GalleryError(
            "the gallery's database URL cannot be read", hint="write it as postgresql://user:password@host/database"
        ) from error


def _advice(words: str) -> str:
    for sign, advice in (
        ("full", "free space on the disk; nothing was changed"),
        ("disk I/O", "check the disk and its space; nothing was changed"),
        ("malformed", "the file is damaged: restore it from a copy, or import an export into a new folder"),
        ("not a database", "the file is damaged or something else: restore it, or give another --faces-dir"),
        ("no such", "another version of Ronda made it: export it there and import it here"),
        ("locked", "another program writes to it for long; try again"),
        ("readonly", f"let uid {os.getuid()} write there"),
        ("unable to open", "check that the folder exists and may be written to"),
        ("connection", "check the URL and that the server runs"),
        ("password", "check user and password in the URL"),
        ('extension "vector"', "install pgvector on the server and run: CREATE EXTENSION vector"),
    ):
        if sign in words:
            return advice
    return "check the database, the disk and its space"


def create_sqlite(path: Path, fill: Any) -> None:
    """Make a database whole under another name, then put it in its place unless there is one by then.

    A process killed on the way leaves no half-made gallery, so that an empty file always means damage.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    making = path.with_name(f".{path.name}.{os.getpid()}.new")
    for leftover in path.parent.glob(f"{making.name}*"):
        leftover.unlink()
    database = Database(making)
    try:
        with database.transaction(write=True) as connection:
            fill(connection)
        with database.translated(), database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        try:
            os.link(making, path)
        except FileExistsError:
            pass
        except PermissionError:
            # FAT and its like, the file systems of sticks, know no links.
            making.rename(path)
    except OSError as error:
        raise GalleryError(f"gallery {path} cannot be made: {error.strerror}", hint="check the folder") from error
    finally:
        database.close()
        for leftover in path.parent.glob(f"{making.name}*"):
            leftover.unlink()
