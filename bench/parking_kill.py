# SPDX-License-Identifier: Apache-2.0
"""Kill a writer of payments with SIGKILL at random moments: acknowledged payments that were lost, and doubled ones."""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from parking_robot.stays.ledger import Ledger
from parking_robot.stays.stay import EventKind, StayEvent
from ronda_cli.measurement import main

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PAID = StayEvent(EventKind.PAID, NOW, {"minor": 100, "currency": "EUR"})


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the measurement's own options."""
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)


def run(chosen: argparse.Namespace) -> dict[str, Any]:
    """Kill writers one after another over one store, then count what is in it."""
    rng = random.Random(chosen.seed)
    acknowledged: set[str] = set()
    with tempfile.TemporaryDirectory(prefix="ronda-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'ledger.sqlite'}"
        Ledger(url).close()
        for number in range(chosen.kills):
            acknowledged |= _one(url, number, rng.uniform(0.0, 0.15))
        begun = time.perf_counter()
        ledger = Ledger(url)
        received = {plate: ledger.stay(stay_id).received("EUR").minor for stay_id, plate, _ in ledger.inside()}
        restart_s = time.perf_counter() - begun
        with ledger.engine.connect() as connection:
            whole = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
        ledger.close()
    return {
        "kills": chosen.kills,
        "acknowledged": len(acknowledged),
        "acknowledged_lost": sum(received.get(plate, 0) < 100 for plate in acknowledged),
        "doubled": sum(minor > 100 for minor in received.values()),
        "integrity": whole,
        "restart_and_count_s": round(restart_s, 2),
    }


def _one(url: str, number: int, after_s: float) -> set[str]:
    """Let a child write payments and kill it ``after_s`` after its first; return what it acknowledged."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _write(url, number, writer)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as told:
        first = told.readline()
        time.sleep(after_s)
        os.kill(child, signal.SIGKILL)
        lines = [first, *told]
    os.waitpid(child, 0)
    return {line.strip() for line in lines if line.endswith("\n")}


def _write(url: str, number: int, told: int) -> None:
    """Enter and pay, each payment told twice as a repeated webhook would, and acknowledge only what was committed."""
    ledger = Ledger(url)
    for count in range(100_000):
        plate = f"K{number:04d}{count:05d}"
        with ledger.batch():
            stay = ledger.enter(plate, "in", NOW, key=f"in{plate}")
            ledger.append(stay.id, PAID, key=f"paid{plate}")
        ledger.append(stay.id, PAID, key=f"paid{plate}")
        os.write(told, f"{plate}\n".encode())


if __name__ == "__main__":
    sys.exit(main(run, __doc__ or "", options))
