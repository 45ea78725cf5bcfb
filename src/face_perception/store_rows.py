# SPDX-License-Identifier: Apache-2.0
"""How people and their examples are sealed into rows, and read from them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, delete, func, insert, select

from face_perception.faces import Template
from face_perception.people import Example, Person
from face_perception.store_tables import ENROLLED, EXAMPLES, IMPOSTOR, PEOPLE
from face_perception.summary import Summary, summarise
from face_perception.vault import Key


def with_pictures() -> Any:
    """Return the query of people with the number of their enrolled pictures as ``pictures``."""
    pictures = (
        select(func.count())
        .where(EXAMPLES.c.person_id == PEOPLE.c.person_id, EXAMPLES.c.kind == ENROLLED)
        .scalar_subquery()
        .label("pictures")
    )
    return select(PEOPLE, pictures)


def seal_card(key: Key, person: Person) -> bytes:
    """Return the sealed name and reason of a person."""
    return key.seal(json.dumps({"name": person.name, "reason": person.reason}).encode(), _card_place(person))


def read_person(key: Key, row: Any, pictures: int) -> Person:
    """Return the person of a row of ``people``. Raises GalleryError for damaged and for edited rows."""
    # What stands in plain columns for queries is bound to the card: an edited column makes it unreadable.
    card = json.loads(key.open(row.card, _card_place(row)))
    return Person(
        person_id=row.person_id,
        name=card["name"],
        watchlist_id=row.watchlist_id,
        reason=card["reason"],
        enrolled_at=row.enrolled_at,
        valid_until=row.valid_until,
        pictures=pictures,
        model=row.model,
    )


def seal_summary(key: Key, person_id: str, summary: Summary) -> bytes:
    """Return the sealed summary of a person."""
    return key.seal(summary.to_bytes(), f"summary of {person_id}")


def read_summary(key: Key, row: Any) -> Summary:
    """Return the summary of a row of ``people``."""
    return Summary.from_bytes(key.open(row.summary, f"summary of {row.person_id}"))


def add_examples(connection: Connection, person_id: str, key: Key, examples: Sequence[Example], kind: str) -> None:
    """Write examples of a person, sealed."""
    for example in examples:
        example_id = secrets.token_hex(12)
        connection.execute(
            insert(EXAMPLES).values(
                example_id=example_id,
                person_id=person_id,
                kind=kind,
                quality=example.quality,
                template=key.seal(example.template.astype("<f4").tobytes(), f"template {example_id}"),
                picture=key.seal(example.jpeg, f"picture {example_id}") if example.jpeg else b"",
            )
        )


def drop_examples(connection: Connection, person_id: str) -> None:
    """Delete all examples of a person."""
    connection.execute(delete(EXAMPLES).where(EXAMPLES.c.person_id == person_id))


def read_examples(
    connection: Connection, person_id: str, key: Key, kind: str, with_pictures: bool = False
) -> list[Example]:
    """Return a person's examples of a kind, best quality first."""
    query = select(EXAMPLES).where(EXAMPLES.c.person_id == person_id, EXAMPLES.c.kind == kind)
    rows = connection.execute(query.order_by(EXAMPLES.c.quality.desc(), EXAMPLES.c.example_id))
    return [read_example(key, row, with_pictures) for row in rows]


def read_example(key: Key, row: Any, with_picture: bool) -> Example:
    """Return the example of a row of ``examples``."""
    plain = key.open(row.template, f"template {row.example_id}")
    template: Template = np.frombuffer(plain, "<f4").astype(np.float32)
    picture = key.open(row.picture, f"picture {row.example_id}") if with_picture and row.picture else b""
    return Example(template, row.quality, picture)


def summarise_rows(connection: Connection, person_id: str, key: Key) -> Summary:
    """Return the summary of what is written about a person."""
    return summarise(
        read_examples(connection, person_id, key, ENROLLED), read_examples(connection, person_id, key, IMPOSTOR)
    )


def _card_place(row: Any) -> str:
    """Return what a card is bound to, from a row or a Person."""
    times = f"{float(row.enrolled_at)!r}, {float(row.valid_until)!r}"
    return f"card of {row.person_id}, {row.watchlist_id}, {times}, {row.model}"
