# SPDX-License-Identifier: Apache-2.0
"""The garage's ledger: stays a minute, look-ups among many stays, webhooks under parallel duplicates.

`--database` names another store than SQLite, e.g. the URL that scripts/private_postgres prints (it must be empty).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn
from sqlalchemy import insert

from parking_robot.gates.site import load_site
from parking_robot.money.money import Money
from parking_robot.payments.cashier import Cashier
from parking_robot.payments.desk import PaymentDesk
from parking_robot.payments.risk import DEFAULT_RULES
from parking_robot.payments.sandbox import HEADER, SandboxProvider
from parking_robot.payments.signature import sign
from parking_robot.server.app import create_app
from parking_robot.server.garage import Garage
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.stay import EventKind, StayEvent
from parking_robot.stays.tables import stays
from ronda_cli.measurement import main
from ronda_core.clock import SystemClock
from ronda_core.paths import share_dir

# Posts what it reads to an address from so many threads at once, each with a connection of its own.
CLIENT = """
import http.client, json, sys, threading, time
told = json.load(sys.stdin)
start, answers = threading.Barrier(told["threads"]), []

def post():
    start.wait()
    begun = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", told["port"], timeout=30)
    connection.request("POST", "/webhooks/sandbox", told["body"], told["headers"])
    answer = connection.getresponse()
    body = answer.read()
    answers.append(((time.perf_counter() - begun) * 1e3, answer.status == 200 and json.loads(body)["new"]))
    connection.close()

threads = [threading.Thread(target=post) for _ in range(told["threads"])]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(json.dumps(answers))
"""
START = datetime(2026, 1, 1, tzinfo=UTC)
GROUP = 50
CALLERS = 50


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
        webhooks = {"webhook": _webhooks(ledger, False), "webhook_by_http": _webhooks(ledger, True)}
        looked_up = _looked_up(ledger, chosen.stored)
        ledger.close()
    return {"store": ledger.engine.dialect.name, **written, **webhooks, **looked_up}


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


def _webhooks(ledger: Ledger, by_http: bool) -> dict[str, Any]:
    """One message delivered 50 times at once, twenty times with another payment each, after one that is not counted.

    By HTTP the whole server answers, risk rules included, and the 50 callers are a process of their own; otherwise
    50 threads call what applies a message.
    """
    clock, times, effects, firsts = SystemClock(), [], [], []
    provider = SandboxProvider(clock, "bench")
    desk = PaymentDesk(ledger, provider, clock)
    with _served(ledger, desk, clock) if by_http else contextlib.nullcontext(0) as port:
        for number in range(21):
            entered = datetime.now(UTC) - timedelta(hours=3)
            stay = ledger.enter(f"{'S' if by_http else 'H'}{number:03d}", "in", entered)
            intent = desk.checkout(stay, Money(500, "EUR"), f"bench{by_http}{number}").intent
            provider.pay(intent)
            body = provider.messages(intent)[-1]
            headers = {HEADER: sign(body, "bench", clock.now())}
            answers = _posted(port, body, headers) if port else _called(desk, body, headers)
            times += [spent for spent, _ in answers] if number else []
            firsts.append(sum(new for _, new in answers))
            effects.append(sum(event.kind is EventKind.PAID for event in ledger.events(stay.id)))
    provider.close()
    return {
        "answer_ms": {
            "p50": round(float(np.percentile(times, 50)), 2),
            "p95": round(float(np.percentile(times, 95)), 2),
            "max": round(max(times), 2),
        },
        "answers_that_were_first": sorted(set(firsts)),
        "effects_per_message": sorted(set(effects)),
    }


def _called(desk: PaymentDesk, body: bytes, headers: dict[str, str]) -> list[tuple[float, bool]]:
    def deliver(_: int) -> tuple[float, bool]:
        begun = time.perf_counter()
        new = desk.webhook(body, headers).new
        return (time.perf_counter() - begun) * 1e3, new

    with ThreadPoolExecutor(CALLERS) as pool:
        return list(pool.map(deliver, range(CALLERS)))


def _posted(port: int, body: bytes, headers: dict[str, str]) -> list[tuple[float, bool]]:
    told = {"port": port, "body": body.decode(), "headers": headers, "threads": CALLERS}
    done = subprocess.run(
        [sys.executable, "-c", CLIENT], input=json.dumps(told), capture_output=True, text=True, check=True
    )
    return [(spent, new) for spent, new in json.loads(done.stdout)]


@contextlib.contextmanager
def _served(ledger: Ledger, desk: PaymentDesk, clock: SystemClock) -> Iterator[int]:
    """The garage's web application on a free port."""
    site = load_site(share_dir() / "config" / "parking" / "garage.yaml")
    garage = Garage(Cashier(ledger, site, desk, clock, DEFAULT_RULES), "bench", "http://127.0.0.1", clock)
    server = uvicorn.Server(uvicorn.Config(create_app(garage, "sandbox"), port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


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
