# SPDX-License-Identifier: Apache-2.0
"""The garage's ledger: stays a minute, look-ups among many stays, webhooks under parallel duplicates.

`--database` names another store than SQLite, e.g. the URL that scripts/private_postgres prints (it must be empty).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import insert

from parking_robot.money.money import Money
from parking_robot.payments.desk import PaymentDesk
from parking_robot.payments.sandbox import HEADER, SandboxProvider
from parking_robot.payments.signature import sign
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.stay import EventKind, StayEvent
from parking_robot.stays.tables import stays
from ronda_cli.measurement import main
from ronda_core.clock import SystemClock

START = datetime(2026, 1, 1, tzinfo=UTC)
GROUP = 50


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the measurement's own options."""
    parser.add_argument("--database", default="", help="SQLAlchemy URL of an empty store (default: a new SQLite file)")
    parser.add_argument("--stays", type=int, default=2000, help="stays that are written, in groups of 50 to a commit")
    parser.add_argument("--stored", type=int, default=1_000_000, help="stays among which is looked up")


def run(chosen: argparse.Namespace) -> dict[str, Any]:
    """Write, look up and pay."""
    with tempfile.TemporaryDirectory(prefix="ronda-bench-") as folder:
        ledger = Ledger(chosen.database or f"sqlite:///{Path(folder) / 'ledger.sqlite'}")
        written = _written(ledger, chosen.stays)
        webhooks = _webhooks(ledger)
        looked_up = _looked_up(ledger, chosen.stored)
        ledger.close()
    return {"store": ledger.engine.dialect.name, **written, "webhook": webhooks, **looked_up}


def _written(ledger: Ledger, count: int) -> dict[str, Any]:
    """Whole stays: entry, payment, exit; three events each."""
    begun = time.perf_counter()
    for first in range(0, count, GROUP):
        with ledger.batch():
            for number in range(first, min(count, first + GROUP)):
                at = START + timedelta(seconds=number)
                stay = ledger.enter(f"W{number:06d}", "in", at, key=f"in{number}")
                paid = StayEvent(EventKind.PAID, at, {"minor": 500, "currency": "EUR"})
                ledger.append(stay.id, paid, key=f"paid{number}")
                ledger.append(stay.id, StayEvent(EventKind.EXITED, at + timedelta(hours=1)))
    spent = time.perf_counter() - begun
    return {"stays": count, "stays_per_minute": round(count / spent * 60)}


def _webhooks(ledger: Ledger) -> dict[str, Any]:
    """One message delivered by 50 threads at once, ten times with another payment each."""
    clock, times, effects = SystemClock(), [], []
    provider = SandboxProvider(clock, "bench")
    desk = PaymentDesk(ledger, provider, clock)
    for number in range(10):
        stay = ledger.enter(f"H{number}", "in", START)
        intent = desk.checkout(stay, Money(500, "EUR"), f"bench{number}").intent
        provider.pay(intent)
        body = provider.messages(intent)[-1]
        headers = {HEADER: sign(body, "bench", clock.now())}

        def deliver(_: int, body: bytes = body, headers: dict[str, str] = headers) -> tuple[float, bool]:
            begun = time.perf_counter()
            new = desk.webhook(body, headers).new
            return (time.perf_counter() - begun) * 1e3, new

        with ThreadPoolExecutor(50) as pool:
            answers = list(pool.map(deliver, range(50)))
        times += [spent for spent, _ in answers]
        effects.append(len(ledger.events(stay.id)) - 1)
    provider.close()
    return {
        "answer_ms": {
            "p50": round(float(np.percentile(times, 50)), 2),
            "p95": round(float(np.percentile(times, 95)), 2),
        },
        "effects_per_message": sorted(set(effects)),
    }


def _looked_up(ledger: Ledger, count: int) -> dict[str, Any]:
    """Fill the index with stays over a year, 300 of them still inside; then today's list and find-my-car."""
    year = 365 * 86_400
    first_us = int(START.timestamp()) * 1_000_000
    for first in range(0, count, 20_000):
        rows = []
        for number in range(first, min(count, first + 20_000)):
            entered = first_us + number * year * 1_000_000 // count
            left = None if number >= count - 300 else entered + 3_600_000_000
            plate = f"L{number:07d}"
            rows.append({"id": f"l{number}", "plate": plate, "folded": plate.replace("L", "1"), "bay": "A1"})
            rows[-1] |= {"entered_us": entered, "left_us": left}
        with ledger.batch() as connection:
            connection.execute(insert(stays), rows)
    end = START + timedelta(days=365)
    return {
        "stored": ledger.count(),
        "todays_list_ms": _median(lambda: ledger.entered_between(end - timedelta(days=1), end)),
        "find_my_car_ms": _median(lambda: ledger.find_car(f"L{count - 5:07d}")),
        "inside_ms": _median(ledger.inside),
    }


def _median(call: Any) -> float:
    times = []
    for _ in range(15):
        begun = time.perf_counter()
        if not call():
            raise SystemExit("the look-up found nothing: the figure would mean nothing")
        times.append((time.perf_counter() - begun) * 1e3)
    return round(float(np.median(times)), 2)


if __name__ == "__main__":
    sys.exit(main(run, __doc__ or "", options))
