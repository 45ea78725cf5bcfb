# SPDX-License-Identifier: Apache-2.0
"""The tables of a gallery. Only random ids, times, list names and the models' identity are readable without keys."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Integer, LargeBinary, MetaData, String, Table

META = MetaData()
# Numbers are never used twice, so that a reader that fell behind cannot take one person for another.
_NUMBER = BigInteger().with_variant(Integer, "sqlite")

SITE = Table("site", META, Column("name", String, primary_key=True), Column("value", LargeBinary, nullable=False))
PEOPLE = Table(
    "people",
    META,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("person_id", String, nullable=False, unique=True),
    # The person's key, sealed under the site's; all other sealed columns of the person are under the person's.
    Column("key", LargeBinary, nullable=False),
    Column("card", LargeBinary, nullable=False),
    Column("summary", LargeBinary, nullable=False),
    Column("watchlist_id", String, nullable=False),
    Column("enrolled_at", Float, nullable=False),
    Column("valid_until", Float, nullable=False),
    Column("model", String, nullable=False, index=True),
    sqlite_autoincrement=True,
)
EXAMPLES = Table(
    "examples",
    META,
    Column("example_id", String, primary_key=True),
    Column("person_id", String, ForeignKey("people.person_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("quality", Float, nullable=False),
    Column("template", LargeBinary, nullable=False),
    Column("picture", LargeBinary, nullable=False),
)
# What other processes read to follow a gallery without loading it again.
CHANGES = Table(
    "changes",
    META,
    Column("seq", _NUMBER, primary_key=True, autoincrement=True),
    Column("number", _NUMBER, nullable=False),
    sqlite_autoincrement=True,
)
# Summaries of people with neighbouring numbers, sealed together: a large gallery opens in seconds. A chunk goes with
# the first change of anybody in it; the people's own rows stay the truth.
CHUNKS = Table(
    "chunks",
    META,
    Column("first", _NUMBER, primary_key=True, autoincrement=False),
    Column("last", _NUMBER, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
ENROLLED, IMPOSTOR = "enrolled", "impostor"
