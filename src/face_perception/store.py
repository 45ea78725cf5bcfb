# SPDX-License-Identifier: Apache-2.0
"""The gallery in a database: an SQLite file, or PostgreSQL by URL; all about a person sealed under that person's key.

Only random ids, times, list names and the models' identity are readable without the site key (and, on PostgreSQL, the
sketches of store_sketches.py). Several processes may use one gallery.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from face_perception import store_chunks
from face_perception import store_rows as rows
from face_perception.errors import GalleryError, WrongKeyError
from face_perception.faces import Template
from face_perception.people import Example, Person
from face_perception.store_engine import Database, create_sqlite
from face_perception.store_sketches import Sketches
from face_perception.store_tables import CHANGES, ENROLLED, EXAMPLES, IMPOSTOR, META, PEOPLE, SITE
from face_perception.summary import Summary, summarise
from face_perception.vault import Key

_log = logging.getLogger(__name__)
_PROOF = b"ronda gallery"
# Called with the open transaction's outcome still to come: what it raises undoes the change.
Record = Callable[[], None]


class GalleryStore:
    """Rows of one gallery. Every write is one transaction, on disk when the method returns."""

    def __init__(self, place: Path | str, site_key: Key, read_only: bool = False) -> None:
        """Open or create the gallery in an SQLite file or at a PostgreSQL URL.

        Raises WrongKeyError when ``site_key`` is not the gallery's, GalleryError for what is no gallery.
        """
        self._key = site_key
        if isinstance(place, Path) and not place.exists() and not read_only:
            create_sqlite(place, self._create)
        self.database = Database(place, read_only)
        try:
            self._unlock(read_only)
            # Kept open: its data_version moves when any other connection, of this or another process, commits.
            self._watch = self.database.engine.connect() if self.database.is_sqlite else None
        except BaseException:
            self.database.close()
            raise
        self.sketches = None if self.database.is_sqlite else Sketches(self.database, self._sketch_secret())

    @property
    def name(self) -> str:
        """How messages call this gallery."""
        return self.database.name

    def close(self) -> None:
        """Release the database."""
        if self._watch is not None:
            self._watch.close()
        self.database.close()

    def version(self) -> int:
        """Return a number that changes when the content does; for SQLite without reading any page."""
        if self._watch is None:
            return self.head()
        # Asked before every search: straight to the driver, no transaction is begun.
        driver = self._watch.connection.driver_connection
        assert driver is not None
        return int(driver.execute("PRAGMA data_version").fetchone()[0])

    def head(self) -> int:
        """Return the number of the latest change, 0 for a new gallery."""
        with self.database.transaction() as connection:
            return int(connection.scalar(select(func.max(CHANGES.c.seq))) or 0)

    def changed_since(self, head: int) -> list[int]:
        """Return the numbers of people who were added, changed or removed after change ``head``."""
        with self.database.transaction() as connection:
            return [int(n) for n in connection.scalars(select(CHANGES.c.number).where(CHANGES.c.seq > head).distinct())]

    def add_person(self, person: Person, examples: Sequence[Example], record: Record | None = None) -> None:
        """Write a new person with examples; an error of ``record`` (the audit log's entry) leaves nothing written."""
        key = Key.new()
        place = person.person_id
        summary = summarise(examples, [])
        with self._writing(record) as connection:
            number = connection.execute(
                insert(PEOPLE)
                .values(
                    person_id=place,
                    key=self._key.wrap(key, f"key of {place}"),
                    card=rows.seal_card(key, person),
                    summary=rows.seal_summary(key, place, summary),
                    watchlist_id=person.watchlist_id,
                    enrolled_at=person.enrolled_at,
                    valid_until=person.valid_until,
                    model=person.model,
                )
                .returning(PEOPLE.c.number)
            ).scalar_one()
            rows.add_examples(connection, place, key, examples, ENROLLED)
            self._note(connection, number, summary)

    def add_examples(
        self, person_id: str, examples: Sequence[Example], impostor: bool = False, record: Record | None = None
    ) -> None:
        """Add pictures of a person, or of somebody who was taken for that person. Raises GalleryError."""
        with self._writing(record) as connection:
            row = self._row(connection, person_id)
            key = self._person_key(row)
            rows.add_examples(connection, person_id, key, examples, IMPOSTOR if impostor else ENROLLED)
            self._summarise(connection, row, key)

    def replace_examples(self, person_id: str, examples: Sequence[Example], model: str) -> None:
        """Put new examples, made by ``model``, in the place of all old ones."""
        with self._writing() as connection:
            row = self._row(connection, person_id)
            key = self._person_key(row)
            person = replace(rows.read_person(key, row, len(examples)), model=model)
            rows.drop_examples(connection, person_id)
            connection.execute(
                update(PEOPLE)
                .where(PEOPLE.c.number == row.number)
                .values(model=model, card=rows.seal_card(key, person))
            )
            rows.add_examples(connection, person_id, key, examples, ENROLLED)
            self._summarise(connection, row, key)

    def remove_person(self, person_id: str, record: Record | None = None) -> None:
        """Destroy the person's key and rows, and clear them out of the file. Raises GalleryError when unknown."""
        with self._writing(record) as connection:
            row = self._row(connection, person_id)
            rows.drop_examples(connection, person_id)
            connection.execute(delete(PEOPLE).where(PEOPLE.c.number == row.number))
            self._note(connection, row.number, None)
        self.clear_remains()

    def clear_remains(self) -> None:
        """Clear what removed rows left behind. SQLite overwrote the rows; its log still holds old pages until emptied.
        PostgreSQL frees the rows' space; docs/faces.md says what its own log keeps."""
        with self.database.translated(), self.database.engine.connect() as connection:
            if self.database.is_sqlite:
                # Waits for readers of other processes as long as the busy timeout says.
                if connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]:
                    _log.warning("%s: another program holds old pages until its next change or end", self.name)
            else:
                connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM people, examples")

    def people(self, watchlist_id: str = "") -> list[Person]:
        """Return everybody, or the people of one list, oldest enrolment first."""
        query = rows.with_pictures().order_by(PEOPLE.c.enrolled_at, PEOPLE.c.number)
        if watchlist_id:
            query = query.where(PEOPLE.c.watchlist_id == watchlist_id)
        with self.database.transaction() as connection:
            return [self._read_person(row) for row in connection.execute(query)]

    def person(self, person_id: str) -> Person:
        """Return one person. Raises GalleryError when unknown."""
        with self.database.transaction() as connection:
            row = connection.execute(rows.with_pictures().where(PEOPLE.c.person_id == person_id)).one_or_none()
            if row is None:
                raise self._unknown(person_id)
            return self._read_person(row)

    def numbered(self, number: int) -> Person | None:
        """Return the person of a number, None when removed."""
        with self.database.transaction() as connection:
            row = connection.execute(rows.with_pictures().where(PEOPLE.c.number == number)).one_or_none()
            return None if row is None else self._read_person(row)

    def count(self) -> int:
        """Return the number of people."""
        with self.database.transaction() as connection:
            return int(connection.scalar(select(func.count()).select_from(PEOPLE)) or 0)

    def other_model(self, model: str) -> str | None:
        """Return the identity of a model other than ``model`` that made templates here, None where there is none."""
        with self.database.transaction() as connection:
            found = connection.scalar(select(PEOPLE.c.model).where(PEOPLE.c.model != model).limit(1))
        return None if found is None else str(found)

    def examples(self, person_id: str, impostors: bool = False) -> list[Example]:
        """Return the person's examples (or impostor examples), best quality first, with their pictures."""
        kind = IMPOSTOR if impostors else ENROLLED
        with self.database.transaction() as connection:
            key = self._person_key(self._row(connection, person_id))
            return rows.read_examples(connection, person_id, key, kind, with_pictures=True)

    def summary(self, number: int) -> Summary | None:
        """Return what search needs of a person, None when removed."""
        with self.database.transaction() as connection:
            row = connection.execute(select(PEOPLE).where(PEOPLE.c.number == number)).one_or_none()
            return None if row is None else self._read_summary(row)

    def summaries(self, numbers: Sequence[int]) -> dict[int, Summary]:
        """Return what search needs of these people; removed ones are left out."""
        with self.database.transaction() as connection:
            found = connection.execute(select(PEOPLE).where(PEOPLE.c.number.in_(numbers)))
            return {row.number: self._read_summary(row) for row in found}

    def search_sketches(self, query: Template, count: int) -> list[tuple[int, float, float]]:
        """Return (number, cosine, own threshold) of the nearest people, best first; on PostgreSQL only."""
        assert self.sketches is not None
        return self.sketches.search(query, count, self._read_summary)

    def all_summaries(self) -> Iterator[tuple[store_chunks.Chunk, bool]]:
        """Yield everybody in ascending order of numbers, and whether the part came from a saved chunk."""
        with self.database.transaction() as connection:
            yield from store_chunks.read_all(connection, self._key, self._read_summary)

    def save_chunk(self, chunk: store_chunks.Chunk, head: int) -> bool:
        """Save summaries read at change ``head``; False when one of them has changed since."""
        with self._writing() as connection:
            return store_chunks.save(connection, self._key, chunk, head)

    def rotate(self, new_key: Key) -> int:
        """Wrap every key under ``new_key``; return the number of people. Templates stay as they are.

        On PostgreSQL the sketches get a new secret and are made anew.
        """
        with self._writing() as connection:
            everybody = connection.execute(select(PEOPLE.c.number, PEOPLE.c.person_id, PEOPLE.c.key)).all()
            for number, person_id, wrapped in everybody:
                place = f"key of {person_id}"
                value = new_key.wrap(self._key.unwrap(wrapped, place), place)
                connection.execute(update(PEOPLE).where(PEOPLE.c.number == number).values(key=value))
            store_chunks.rewrap(connection, self._key, new_key)
            connection.execute(update(SITE).where(SITE.c.name == "proof").values(value=_proof(new_key)))
            if self.sketches is not None:
                secret = secrets.token_bytes(32)
                sealed = new_key.seal(secret, "sketch secret")
                connection.execute(update(SITE).where(SITE.c.name == "sketch secret").values(value=sealed))
                people = connection.execute(select(PEOPLE)).all()
                templates = {row.number: self._read_summary(row, new_key).template for row in people}
                self.sketches = self.sketches.remade(connection, secret, templates)
        self._key = new_key
        self.clear_remains()
        return len(everybody)

    def copy_from(self, other: GalleryStore) -> tuple[int, int]:
        """Add the people of another gallery whose ids are new here, all or nothing; return (added, already there).

        Everything copied is opened first, so that damage is found before anything is written.
        """
        added = present = 0
        with self._writing() as here, other.database.transaction() as there:
            known = set(here.scalars(select(PEOPLE.c.person_id)))
            for row in there.execute(select(PEOPLE).order_by(PEOPLE.c.number)).all():
                if row.person_id in known:
                    present += 1
                    continue
                key = other._person_key(row)
                rows.read_person(key, row, 0)
                values = {name: value for name, value in row._mapping.items() if name != "number"}
                values["key"] = self._key.wrap(key, f"key of {row.person_id}")
                number = here.execute(insert(PEOPLE).values(**values).returning(PEOPLE.c.number)).scalar_one()
                examples = select(EXAMPLES).where(EXAMPLES.c.person_id == row.person_id)
                for example in there.execute(examples).all():
                    rows.read_example(key, example, with_picture=True)
                    here.execute(insert(EXAMPLES).values(**example._mapping))
                self._note(here, number, other._read_summary(row))
                added += 1
        return added, present

    def _create(self, connection: Connection) -> None:
        META.create_all(connection)
        connection.execute(insert(SITE).values(name="proof", value=_proof(self._key)))

    def _unlock(self, read_only: bool) -> None:
        """Check the key against the gallery; an empty PostgreSQL database becomes a gallery under this key."""
        with self.database.transaction(write=not (read_only or self.database.is_sqlite)) as connection:
            if not self.database.is_sqlite:
                META.create_all(connection)
            proof = connection.scalar(select(SITE.c.value).where(SITE.c.name == "proof"))
            if proof is None and not self.database.is_sqlite:
                proof = _proof(self._key)
                connection.execute(insert(SITE).values(name="proof", value=proof))
        self._check_key(proof)

    def _sketch_secret(self) -> bytes:
        with self.database.transaction(write=True) as connection:
            sealed = connection.scalar(select(SITE.c.value).where(SITE.c.name == "sketch secret"))
            if sealed is None:
                sealed = self._key.seal(secrets.token_bytes(32), "sketch secret")
                connection.execute(insert(SITE).values(name="sketch secret", value=sealed))
        return self._key.open(sealed, "sketch secret")

    @contextmanager
    def _writing(self, record: Record | None = None) -> Iterator[Connection]:
        with self.database.transaction(write=True, before_commit=record) as connection:
            # Another process may have changed the key since: what this one sealed, nobody could open.
            self._check_key(connection.scalar(select(SITE.c.value).where(SITE.c.name == "proof")))
            yield connection

    def _check_key(self, proof: bytes | None) -> None:
        try:
            self._key.open(proof or b"", "site key")
        except GalleryError as error:
            raise WrongKeyError(
                f"gallery {self.name}: wrong site key", hint=f"{error.hint}; restart programs after a change of the key"
            ) from error

    def _note(self, connection: Connection, number: int, summary: Summary | None) -> None:
        """Make a change known to other readers, and to what is derived from the people's rows."""
        store_chunks.drop(connection, number)
        connection.execute(insert(CHANGES).values(number=number))
        if self.sketches is not None and summary is not None:
            self.sketches.write(connection, number, summary.template)

    def _summarise(self, connection: Connection, row: Any, key: Key) -> None:
        summary = rows.summarise_rows(connection, row.person_id, key)
        sealed = rows.seal_summary(key, row.person_id, summary)
        connection.execute(update(PEOPLE).where(PEOPLE.c.number == row.number).values(summary=sealed))
        self._note(connection, row.number, summary)

    def _row(self, connection: Connection, person_id: str) -> Any:
        row = connection.execute(select(PEOPLE).where(PEOPLE.c.person_id == person_id)).one_or_none()
        if row is None:
            raise self._unknown(person_id)
        return row

    def _unknown(self, person_id: str) -> GalleryError:
        return GalleryError(f"no person '{person_id}' in {self.name}", hint="list them: ronda faces list")

    def _person_key(self, row: Any, site_key: Key | None = None) -> Key:
        return (site_key or self._key).unwrap(row.key, f"key of {row.person_id}")

    def _read_summary(self, row: Any, site_key: Key | None = None) -> Summary:
        return rows.read_summary(self._person_key(row, site_key), row)

    def _read_person(self, row: Any) -> Person:
        return rows.read_person(self._person_key(row), row, row.pictures)


def _proof(key: Key) -> bytes:
    return key.seal(_PROOF, "site key")
