# SPDX-License-Identifier: Apache-2.0
"""Summaries of many people sealed together, so that a large gallery opens in seconds instead of minutes.

A chunk holds half-precision templates and is derived: any change of a person in it destroys it, key and all, in the
same transaction, and the next reader of the gallery makes it anew from the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, insert, select, update

from face_perception.store_tables import CHANGES, CHUNKS, PEOPLE
from face_perception.summary import Summary
from face_perception.vault import Key

PEOPLE_PER_CHUNK = 4096


@dataclass(frozen=True, slots=True)
class Chunk:
    """``numbers`` ascending, (n,) int64; unit ``templates`` (n, size) float16; ``own_thresholds`` (n,) float32."""

    numbers: NDArray[np.int64]
    own_thresholds: NDArray[np.float32]
    templates: NDArray[np.float16]

    def to_bytes(self) -> bytes:
        """Return count and length as two int64, then the three arrays, little-endian."""
        shape = np.array(self.templates.shape, "<i8")
        parts = (shape, self.numbers.astype("<i8"), self.own_thresholds.astype("<f4"), self.templates.astype("<f2"))
        return b"".join(part.tobytes() for part in parts)

    @classmethod
    def from_bytes(cls, content: bytes) -> Chunk:
        """Return what :meth:`to_bytes` wrote; the arrays are views of ``content``."""
        count, size = np.frombuffer(content, "<i8", 2).tolist()
        numbers = np.frombuffer(content, "<i8", count, 16)
        thresholds = np.frombuffer(content, "<f4", count, 16 + 8 * count)
        templates = np.frombuffer(content, "<f2", count * size, 16 + 12 * count).reshape(count, size)
        return cls(numbers, thresholds, templates)


def read_all(
    connection: Connection, site_key: Key, read_summary: Callable[[Any], Summary]
) -> Iterator[tuple[Chunk, bool]]:
    """Yield everybody in ascending order: saved chunks (True), and what lies between them from the rows (False)."""
    after = 0
    places = connection.execute(select(CHUNKS.c.first, CHUNKS.c.last).order_by(CHUNKS.c.first)).all()
    for first, last in places:
        yield from _from_rows(connection, read_summary, after, first)
        row = connection.execute(select(CHUNKS).where(CHUNKS.c.first == first)).one()
        key = site_key.unwrap(row.key, f"key of chunk {first}")
        yield Chunk.from_bytes(key.open(row.content, f"chunk {first} to {last}")), True
        after = last
    yield from _from_rows(connection, read_summary, after, None)


def save(connection: Connection, site_key: Key, chunk: Chunk, head: int) -> bool:
    """Save a chunk read at change ``head``; False when it is out of date or touches another chunk."""
    first, last = int(chunk.numbers[0]), int(chunk.numbers[-1])
    changed = select(CHANGES.c.seq).where(CHANGES.c.seq > head, CHANGES.c.number.between(first, last)).limit(1)
    touched = select(CHUNKS.c.first).where(CHUNKS.c.first <= last, CHUNKS.c.last >= first).limit(1)
    if connection.scalar(changed) is not None or connection.scalar(touched) is not None:
        return False
    key = Key.new()
    connection.execute(
        insert(CHUNKS).values(
            first=first,
            last=last,
            key=site_key.wrap(key, f"key of chunk {first}"),
            content=key.seal(chunk.to_bytes(), f"chunk {first} to {last}"),
        )
    )
    return True


def drop(connection: Connection, number: int) -> None:
    """Destroy the chunk that holds a person, if there is one."""
    connection.execute(delete(CHUNKS).where(CHUNKS.c.first <= number, CHUNKS.c.last >= number))


def rewrap(connection: Connection, old: Key, new: Key) -> None:
    """Wrap the chunks' keys under another site key."""
    for first, wrapped in connection.execute(select(CHUNKS.c.first, CHUNKS.c.key)).all():
        place = f"key of chunk {first}"
        value = new.wrap(old.unwrap(wrapped, place), place)
        connection.execute(update(CHUNKS).where(CHUNKS.c.first == first).values(key=value))


def pack(numbers: Sequence[int], summaries: Sequence[Summary]) -> Chunk:
    """Return the chunk of people in ascending order of numbers."""
    return Chunk(
        np.array(numbers, np.int64),
        np.array([summary.own_threshold for summary in summaries], np.float32),
        np.stack([summary.template for summary in summaries]).astype(np.float16),
    )


def _from_rows(
    connection: Connection, read_summary: Callable[[Any], Summary], after: int, before: int | None
) -> Iterator[tuple[Chunk, bool]]:
    while True:
        query = select(PEOPLE.c.number, PEOPLE.c.person_id, PEOPLE.c.key, PEOPLE.c.summary)
        query = query.where(PEOPLE.c.number > after).order_by(PEOPLE.c.number).limit(PEOPLE_PER_CHUNK)
        if before is not None:
            query = query.where(PEOPLE.c.number < before)
        rows = connection.execute(query).all()
        if not rows:
            return
        yield pack([row.number for row in rows], [read_summary(row) for row in rows]), False
        after = rows[-1].number
