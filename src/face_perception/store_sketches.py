# SPDX-License-Identifier: Apache-2.0
"""Search inside PostgreSQL without handing it templates: sketches for pgvector, sealed summaries for the last word.

A sketch keeps two bits for each number of the template: the signs of the template's components along the axes of two
secret rotations. The share of differing bits estimates the angle between two templates (random hyperplanes: Charikar,
"Similarity estimation techniques from rounding algorithms", 2002), which is enough to shortlist. The shortlist's
sealed templates are opened here and compared exactly. What the server can still learn stands in docs/faces.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from face_perception.errors import GalleryError
from face_perception.faces import Template
from face_perception.store_engine import Database
from face_perception.summary import Summary

_ROTATIONS = 2
# How many sketches are looked at for each search, and at most (pgvector's own limit of hnsw.ef_search).
_SHORTLIST, _MOST = 100, 1000


class Sketches:
    """The sketches of one gallery in PostgreSQL with pgvector."""

    def __init__(self, database: Database, secret: bytes) -> None:
        """``secret`` (32 bytes) makes the rotations; it is kept sealed under the site key."""
        self._database = database
        self._secret = secret
        self._axes: NDArray[np.float32] | None = None
        self._ready = False

    def write(self, connection: Connection, number: int, template: Template) -> None:
        """Write or replace the sketch of a person."""
        self._prepare(connection, template.size)
        connection.execute(
            text(
                "INSERT INTO sketches (number, bits) VALUES (:number, CAST(:bits AS bit varying)) "
                "ON CONFLICT (number) DO UPDATE SET bits = EXCLUDED.bits"
            ),
            {"number": number, "bits": self._bits(template)},
        )

    def search(
        self, query: Template, count: int, read_summary: Callable[[Any], Summary]
    ) -> list[tuple[int, float, float]]:
        """Return (number, cosine, own threshold) of the ``count`` nearest people, best first.

        :param read_summary: opens the sealed summary of a row of ``people``
        """
        wanted = min(max(_SHORTLIST, 4 * count), _MOST)
        if not self._ready:
            with self._database.transaction(write=True) as connection:
                self._prepare(connection, query.size)
            self._ready = True
        with self._database.transaction() as connection:
            if count <= _MOST // 4:
                connection.execute(text(f"SET LOCAL hnsw.ef_search = {wanted}"))
            else:
                # More than the index can promise: look at all sketches.
                connection.execute(text("SET LOCAL enable_indexscan = off"))
                wanted = 4 * count
            nearest = (
                "SELECT number, person_id, key, summary FROM people JOIN "
                "(SELECT number FROM sketches ORDER BY bits <~> CAST(:bits AS bit varying) LIMIT :wanted) "
                "AS near USING (number)"
            )
            rows = connection.execute(
                text(nearest.replace("bit varying", f"bit({_ROTATIONS * query.size})")),
                {"bits": self._bits(query), "wanted": wanted},
            ).all()
        found = []
        for row in rows:
            summary = read_summary(row)
            found.append((int(row.number), float(summary.template @ query), summary.own_threshold))
        return sorted(found, key=lambda one: -one[1])[:count]

    def remade(self, connection: Connection, secret: bytes, templates: Mapping[int, Template]) -> Sketches:
        """Return sketches under another secret, with everybody's written anew."""
        new = Sketches(self._database, secret)
        for number, template in templates.items():
            new.write(connection, number, template)
        return new

    def _prepare(self, connection: Connection, size: int) -> None:
        """Make the table on first use. Raises GalleryError when it was made for templates of another size."""
        bits = _ROTATIONS * size
        made = connection.scalar(
            text("SELECT atttypmod FROM pg_attribute WHERE attrelid = to_regclass('sketches') AND attname = 'bits'")
        )
        if made is None:
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
            connection.execute(
                text(
                    f"CREATE TABLE sketches (number bigint PRIMARY KEY REFERENCES people (number) ON DELETE CASCADE, "
                    f"bits bit({bits}) NOT NULL)"
                )
            )
            connection.execute(text("CREATE INDEX sketches_near ON sketches USING hnsw (bits bit_hamming_ops)"))
        elif made != bits:
            raise GalleryError(
                f"gallery {self._database.name} was made for templates of {made // _ROTATIONS} numbers, not {size}",
                hint="use the profile that it was made with, or another database",
            )
        if self._axes is None or self._axes.shape[1] != size:
            self._axes = axes(self._secret, size)

    def _bits(self, template: Template) -> str:
        assert self._axes is not None  # _prepare() comes first
        return "".join("1" if one else "0" for one in (self._axes @ template > 0).tolist())


def axes(secret: bytes, size: int) -> NDArray[np.float32]:
    """Return ``_ROTATIONS`` uniformly random rotations of ``size`` dimensions, stacked: (2 * size, size) float32.

    The same secret always gives the same axes; an orthogonal matrix is made from normal numbers by QR (Stewart 1980),
    the numbers by Box and Muller's method from a ChaCha20 key stream.
    """
    made = []
    for number in range(_ROTATIONS):
        cipher = Cipher(algorithms.ChaCha20(secret, number.to_bytes(16, "little")), mode=None).encryptor()
        uniform = np.frombuffer(cipher.update(bytes(8 * size * size * 2)), "<u8").reshape(2, size, size)
        first, second = (uniform.astype(np.float64) + 0.5) / 2.0**64
        normal = np.sqrt(-2 * np.log(first)) * np.cos(2 * np.pi * second)
        q, r = np.linalg.qr(normal)
        made.append(q * np.sign(np.diag(r)))
    return np.concatenate(made).astype(np.float32)
