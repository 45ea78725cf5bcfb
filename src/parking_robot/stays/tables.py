# SPDX-License-Identifier: Apache-2.0
"""The tables of the ledger. `stay_events` is the truth and can only grow; `stays` is its index for quick look-ups."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
)

metadata = MetaData()
_SERIAL = BigInteger().with_variant(Integer, "sqlite")

# Instants are whole microseconds since 1970 (UTC): exact, sortable, the same in every database.
stays = Table(
    "stays",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("plate", String(16), nullable=False),
    Column("folded", String(16), nullable=False),
    Column("entered_us", BigInteger, nullable=False),
    Column("left_us", BigInteger),
    Column("bay", String(32), nullable=False, server_default=""),
)
Index("stays_folded", stays.c.folded, stays.c.left_us)
Index("stays_entered", stays.c.entered_us)
Index(
    "stays_inside", stays.c.left_us, sqlite_where=stays.c.left_us.is_(None), postgresql_where=stays.c.left_us.is_(None)
)

stay_events = Table(
    "stay_events",
    metadata,
    Column("serial", _SERIAL, primary_key=True, autoincrement=True),
    Column("stay_id", String(32), nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", String(24), nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("facts", Text, nullable=False),
    # What makes a repeated message harmless: the same key is recorded once.
    Column("key", String(96), unique=True),
    UniqueConstraint("stay_id", "number"),
)

webhook_events = Table(
    "webhook_events",
    metadata,
    Column("provider", String(32), primary_key=True),
    Column("event_id", String(96), primary_key=True),
    Column("body_sha256", String(64), nullable=False),
    Column("received_us", BigInteger, nullable=False),
    Column("effect", String(32), nullable=False),
)

intents = Table(
    "payment_intents",
    metadata,
    Column("id", String(96), primary_key=True),
    Column("provider", String(32), nullable=False),
    Column("stay_id", String(32), nullable=False, index=True),
    Column("minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("key", String(96), unique=True, nullable=False),
)

# Everything that happened at a gate, with a stay or without one.
gate_events = Table(
    "gate_events",
    metadata,
    Column("serial", _SERIAL, primary_key=True, autoincrement=True),
    Column("key", String(96), unique=True, nullable=False),
    Column("gate", String(32), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("passage", String(32), nullable=False),
    Column("stay_id", String(32), nullable=False),
    Column("facts", Text, nullable=False),
)
Index("gate_events_at", gate_events.c.at_us)

# When a fire alarm opened a gate and when it worked as usual again: this time is not charged.
alarm_events = Table(
    "alarm_events",
    metadata,
    Column("serial", _SERIAL, primary_key=True, autoincrement=True),
    Column("gate", String(32), nullable=False, index=True),
    Column("at_us", BigInteger, nullable=False),
    Column("begins", Boolean, nullable=False),
)

# The space that each entry has promised last; it counts until its stay is on record.
entry_claims = Table(
    "entry_claims",
    metadata,
    Column("gate", String(32), primary_key=True),
    Column("stay_id", String(32), nullable=False),
    Column("at_us", BigInteger, nullable=False),
)

# A case that a person looks at, and the verdict: open as long as it has none.
reviews = Table(
    "reviews",
    metadata,
    Column("serial", _SERIAL, primary_key=True, autoincrement=True),
    Column("key", String(96), unique=True, nullable=False),
    Column("kind", String(24), nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("stay_id", String(32), nullable=False, index=True),
    Column("facts", Text, nullable=False),
)
review_verdicts = Table(
    "review_verdicts",
    metadata,
    Column("review", BigInteger, primary_key=True, autoincrement=False),
    Column("at_us", BigInteger, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("decided_by", String(64), nullable=False),
    Column("note", Text, nullable=False),
)

# What the risk rules count: who asked, paid or was declined, for which plate, from which device.
risk_facts = Table(
    "risk_facts",
    metadata,
    Column("serial", _SERIAL, primary_key=True, autoincrement=True),
    Column("at_us", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("device", String(64), nullable=False),
    Column("payer", String(64), nullable=False),
    Column("plate", String(16), nullable=False),
    Column("stay_id", String(32), nullable=False),
)
Index("risk_facts_device", risk_facts.c.device, risk_facts.c.at_us)
Index("risk_facts_payer", risk_facts.c.payer, risk_facts.c.at_us)
Index("risk_facts_plate", risk_facts.c.plate, risk_facts.c.at_us)


def _only_grows(table: Table) -> None:
    for change in ("UPDATE", "DELETE"):
        name = f"{table.name}_no_{change.lower()}"
        sqlite = DDL(
            f"CREATE TRIGGER {name} BEFORE {change} ON {table.name} "
            f"BEGIN SELECT RAISE(ABORT, '{table.name} can only grow'); END"
        )
        function = DDL(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table.name} can only grow'; END $$"
        )
        trigger = DDL(f"CREATE TRIGGER {name} BEFORE {change} ON {table.name} FOR EACH ROW EXECUTE FUNCTION {name}()")
        _after(table, sqlite, "sqlite")
        _after(table, function, "postgresql")
        _after(table, trigger, "postgresql")


def _after(table: Table, statement: DDL, dialect: str) -> None:
    ready: Any = statement.execute_if(dialect=dialect)
    event.listen(table, "after_create", ready)


for _table in (stay_events, webhook_events, gate_events, alarm_events, reviews, review_verdicts):
    _only_grows(_table)
