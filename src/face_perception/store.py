# SPDX-License-Identifier: Apache-2.0
"""The gallery on disk: SQLite through SQLAlchemy, everything about a person sealed under that person's key.

Only random ids, times and the model's identity are readable without the site key. Several processes may use one file.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import (
    Column,
    Connection,
    Float,
    ForeignKey,
    LargeBinary,
    MetaData,
    String,
    Table,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import DatabaseError

from face_perception.errors import GalleryError
from face_perception.faces import Template
from face_perception.people import Example, Person
from face_perception.vault import Key

_META = MetaData()
_SITE = Table("site", _META, Column("name", String, primary_key=True), Column("value", LargeBinary, nullable=False))
_PEOPLE = Table(
    "people",
    _META,
    Column("person_id", String, primary_key=True),
    Column("key", LargeBinary, nullable=False),
    Column("card", LargeBinary, nullable=False),
    Column("watchlist_id", String, nullable=False),
    Column("enrolled_at", Float, nullable=False),
    Column("valid_until", Float, nullable=False),
    Column("model", String, nullable=False),
)
_EXAMPLES = Table(
    "examples",
    _META,
    Column("example_id", String, primary_key=True),
    Column("person_id", String, ForeignKey("people.person_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("quality", Float, nullable=False),
    Column("template", LargeBinary, nullable=False),
    Column("picture", LargeBinary, nullable=False),
)
_ENROLLED, _IMPOSTOR = "enrolled", "impostor"
_PROOF = b"ronda gallery"


class GalleryStore:
    """Rows of one gallery file. Every write is one transaction, on disk when the method returns."""

    def __init__(self, path: Path, site_key: Key, read_only: bool = False) -> None:
        """Open or create ``path``. Raises GalleryError for a wrong key or a file that is no gallery."""
        self.path = path
        self._key = site_key
        if read_only:
            url = f"sqlite:///file:{path}?mode=ro&uri=true"
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            url = f"sqlite:///{path}"
        self._engine = create_engine(url, connect_args={"timeout": 10, "check_same_thread": False})
        event.listen(self._engine, "connect", _configure_reader if read_only else _configure)
        if read_only:
            with self._transaction() as connection:
                proof = connection.scalar(select(_SITE.c.value).where(_SITE.c.name == "proof"))
            site_key.open(proof or b"", "site key")
        else:
            self._prepare(site_key)
        # Kept open: its data_version moves when any other connection, of this or another process, commits.
        self._watch = self._engine.connect()

    def _prepare(self, site_key: Key) -> None:
        with self._transaction(write=True) as connection:
            _META.create_all(connection)
            proof = connection.scalar(select(_SITE.c.value).where(_SITE.c.name == "proof"))
            if proof is None:
                connection.execute(insert(_SITE).values(name="proof", value=site_key.seal(_PROOF, "site key")))
            else:
                site_key.open(proof, "site key")

    def close(self) -> None:
        """Release the file."""
        self._watch.close()
        self._engine.dispose()

    def version(self) -> int:
        """Return a number that changes whenever the file's content does."""
        value = self._watch.exec_driver_sql("PRAGMA data_version").scalar()
        self._watch.rollback()
        return int(value or 0)

    def add_person(self, person: Person, examples: Sequence[Example]) -> None:
        """Write a new person with examples."""
        key = Key.new()
        place = person.person_id
        with self._transaction(write=True) as connection:
            connection.execute(
                insert(_PEOPLE).values(
                    person_id=place,
                    key=self._key.wrap(key, f"key of {place}"),
                    card=key.seal(_card(person), f"card of {place}"),
                    watchlist_id=person.watchlist_id,
                    enrolled_at=person.enrolled_at,
                    valid_until=person.valid_until,
                    model=person.model,
                )
            )
            self._add(connection, place, key, examples, _ENROLLED)

    def add_examples(self, person_id: str, examples: Sequence[Example], impostor: bool = False) -> None:
        """Add pictures of a person, or of somebody who was taken for that person."""
        with self._transaction(write=True) as connection:
            key = self._person_key(connection, person_id)
            self._add(connection, person_id, key, examples, _IMPOSTOR if impostor else _ENROLLED)

    def replace_examples(self, person_id: str, examples: Sequence[Example], model: str) -> None:
        """Put new examples, made by ``model``, in the place of all old ones."""
        with self._transaction(write=True) as connection:
            key = self._person_key(connection, person_id)
            connection.execute(delete(_EXAMPLES).where(_EXAMPLES.c.person_id == person_id))
            connection.execute(update(_PEOPLE).where(_PEOPLE.c.person_id == person_id).values(model=model))
            self._add(connection, person_id, key, examples, _ENROLLED)

    def remove_person(self, person_id: str) -> None:
        """Destroy the person's key and rows, and clear them out of the file. Raises GalleryError when unknown."""
        with self._transaction(write=True) as connection:
            connection.execute(delete(_EXAMPLES).where(_EXAMPLES.c.person_id == person_id))
            done = connection.execute(delete(_PEOPLE).where(_PEOPLE.c.person_id == person_id))
            if done.rowcount == 0:
                raise GalleryError(f"no person '{person_id}' in {self.path}", hint="list them: ronda faces list")
        # secure_delete overwrote the rows; the write-ahead log still holds old pages until it is emptied.
        with self._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def people(self) -> list[Person]:
        """Return everybody, oldest enrolment first."""
        count = (
            select(_EXAMPLES.c.person_id, func.count().label("pictures"))
            .where(_EXAMPLES.c.kind == _ENROLLED)
            .group_by(_EXAMPLES.c.person_id)
            .subquery()
        )
        query = (
            select(_PEOPLE, func.coalesce(count.c.pictures, 0).label("pictures"))
            .join_from(_PEOPLE, count, count.c.person_id == _PEOPLE.c.person_id, isouter=True)
            .order_by(_PEOPLE.c.enrolled_at, _PEOPLE.c.person_id)
        )
        with self._transaction() as connection:
            return [self._read_person(row) for row in connection.execute(query)]

    def examples(self, person_id: str, impostors: bool = False) -> list[Example]:
        """Return the person's examples (or impostor examples), best quality first, with their pictures."""
        with self._transaction() as connection:
            key = self._person_key(connection, person_id)
            query = (
                select(_EXAMPLES)
                .where(_EXAMPLES.c.person_id == person_id, _EXAMPLES.c.kind == (_IMPOSTOR if impostors else _ENROLLED))
                .order_by(_EXAMPLES.c.quality.desc())
            )
            return [_read_example(key, row, with_picture=True) for row in connection.execute(query)]

    def templates(self) -> Iterator[tuple[str, bool, Example]]:
        """Yield (person id, impostor?, example without picture) of everybody, person by person."""
        columns = [column for column in _EXAMPLES.c if column.name != "picture"]
        query = (
            select(*columns, _PEOPLE.c.key)
            .join_from(_EXAMPLES, _PEOPLE, _PEOPLE.c.person_id == _EXAMPLES.c.person_id)
            .order_by(_EXAMPLES.c.person_id)
        )
        with self._transaction() as connection:
            current, key = "", self._key
            for row in connection.execute(query):
                if row.person_id != current:
                    current, key = row.person_id, self._key.unwrap(row.key, f"key of {row.person_id}")
                yield current, row.kind == _IMPOSTOR, _read_example(key, row, with_picture=False)

    def rotate(self, new_key: Key) -> int:
        """Wrap every person's key under ``new_key``; return how many. Templates stay as they are."""
        with self._transaction(write=True) as connection:
            rows = connection.execute(select(_PEOPLE.c.person_id, _PEOPLE.c.key)).all()
            for person_id, wrapped in rows:
                place = f"key of {person_id}"
                value = new_key.wrap(self._key.unwrap(wrapped, place), place)
                connection.execute(update(_PEOPLE).where(_PEOPLE.c.person_id == person_id).values(key=value))
            proof = new_key.seal(_PROOF, "site key")
            connection.execute(update(_SITE).where(_SITE.c.name == "proof").values(value=proof))
        self._key = new_key
        return len(rows)

    @contextmanager
    def _transaction(self, write: bool = False) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                if write:
                    # Take the write lock at once: two processes that read first would refuse each other later.
                    connection.execute(text("BEGIN IMMEDIATE"))
                yield connection
                connection.commit()
        except DatabaseError as error:
            raise GalleryError(
                f"gallery {self.path}: {error.orig}", hint="check the file, the disk and its space"
            ) from error

    def _person_key(self, connection: Connection, person_id: str) -> Key:
        wrapped = connection.scalar(select(_PEOPLE.c.key).where(_PEOPLE.c.person_id == person_id))
        if wrapped is None:
            raise GalleryError(f"no person '{person_id}' in {self.path}", hint="list them: ronda faces list")
        return self._key.unwrap(wrapped, f"key of {person_id}")

    def _add(self, connection: Connection, person_id: str, key: Key, examples: Sequence[Example], kind: str) -> None:
        for example in examples:
            example_id = secrets.token_hex(12)
            connection.execute(
                insert(_EXAMPLES).values(
                    example_id=example_id,
                    person_id=person_id,
                    kind=kind,
                    quality=example.quality,
                    template=key.seal(example.template.astype("<f4").tobytes(), f"template {example_id}"),
                    picture=key.seal(example.jpeg, f"picture {example_id}") if example.jpeg else b"",
                )
            )

    def _read_person(self, row: Any) -> Person:
        key = self._key.unwrap(row.key, f"key of {row.person_id}")
        card = json.loads(key.open(row.card, f"card of {row.person_id}"))
        return Person(
            person_id=row.person_id,
            name=card["name"],
            watchlist_id=row.watchlist_id,
            reason=card["reason"],
            enrolled_at=row.enrolled_at,
            valid_until=row.valid_until,
            pictures=row.pictures,
            model=row.model,
        )


def _card(person: Person) -> bytes:
    return json.dumps({"name": person.name, "reason": person.reason}).encode()


def _read_example(key: Key, row: Any, with_picture: bool) -> Example:
    plain = key.open(row.template, f"template {row.example_id}")
    template: Template = np.frombuffer(plain, "<f4").astype(np.float32)
    picture = key.open(row.picture, f"picture {row.example_id}") if with_picture and row.picture else b""
    return Example(template, row.quality, picture)


def _configure_reader(connection: Any, _record: Any) -> None:
    connection.isolation_level = None


def _configure(connection: Any, _record: Any) -> None:
    # Transactions are begun by hand: the driver's own would start them as readers.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")
