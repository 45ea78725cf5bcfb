# SPDX-License-Identifier: Apache-2.0
"""What the risk rules count, kept in the ledger: who looked, paid or was declined, when, for which plate."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, func, insert, select

from parking_robot.stays.ledger import Ledger
from parking_robot.stays.store import to_us
from parking_robot.stays.tables import risk_facts

NAME_LENGTH = 64
HOUR, TEN_MINUTES = timedelta(hours=1), timedelta(minutes=10)


class FactKind(StrEnum):
    LOOKED_UP = "looked_up"
    CHECKOUT = "checkout"
    PAID = "paid"
    DECLINED = "declined"
    REPLAYED = "replayed"
    WRONG_AMOUNT = "wrong_amount"
    WRONG_CURRENCY = "wrong_currency"


@dataclass(frozen=True, slots=True)
class Fact:
    """``device`` and ``payer`` are opaque names, empty where unknown; ``plate`` is normalised."""

    kind: FactKind
    at: datetime
    device: str = ""
    payer: str = ""
    plate: str = ""
    stay_id: str = ""


def add_fact(ledger: Ledger, fact: Fact) -> None:
    """Keep a fact."""
    values = {"at_us": to_us(fact.at), "kind": fact.kind.value, "device": fact.device, "payer": _name(fact.payer)}
    with ledger.batch() as connection:
        connection.execute(insert(risk_facts).values(**values, plate=fact.plate, stay_id=fact.stay_id))


def _name(payer: str) -> str:
    """Return a payer's name as the ledger holds it: one that is too long or no text keeps no payment from counting."""
    return payer if len(payer) <= NAME_LENGTH and payer.isprintable() else hashlib.sha256(payer.encode()).hexdigest()


def device_of(ledger: Ledger, stay_id: str) -> str:
    """Return the device that opened the newest checkout of a stay; empty: none."""
    query = select(risk_facts.c.device).where(
        risk_facts.c.stay_id == stay_id, risk_facts.c.kind == FactKind.CHECKOUT.value
    )
    with ledger.batch() as connection:
        row = connection.execute(query.order_by(risk_facts.c.serial.desc()).limit(1)).first()
    return str(row.device) if row else ""


def count_facts(ledger: Ledger, now: datetime, device: str, payer: str, plate: str, minor: int) -> dict[str, float]:
    """Return the facts of `risk.FACTS` that are counted here, for a payment of ``minor`` that is to be judged."""
    table, payer = risk_facts.c, _name(payer)
    with ledger.batch() as connection:

        def count(what: ColumnElement[int], *where: ColumnElement[bool]) -> float:
            return float(connection.execute(select(what).where(*where)).scalar() or 0)

        hour, minutes = table.at_us >= to_us(now - HOUR), table.at_us >= to_us(now - TEN_MINUTES)
        rows, plates = func.count(), func.count(table.plate.distinct())
        paid = table.kind == FactKind.PAID.value
        facts: dict[str, float] = {}
        if payer:
            facts["plates_of_payer_1h"] = count(plates, paid, table.payer == payer, hour)
        if plate:
            facts["payments_of_plate_1h"] = count(rows, paid, table.plate == plate, hour)
        if device:
            here = table.device == device
            facts["declined_10min"] = count(rows, table.kind == FactKind.DECLINED.value, here, minutes)
            facts["quotes_of_device_10min"] = count(plates, table.kind == FactKind.LOOKED_UP.value, here, minutes)
            facts["code_replayed"] = count(rows, table.kind == FactKind.REPLAYED.value, here, hour)
            facts["amount_mismatch"] = count(rows, table.kind == FactKind.WRONG_AMOUNT.value, here, hour)
            facts["currency_mismatch"] = count(rows, table.kind == FactKind.WRONG_CURRENCY.value, here, hour)
            facts["new_device_amount"] = 0.0 if count(rows, paid, here) else float(minor)
    return facts
