# SPDX-License-Identifier: Apache-2.0
"""Kill who takes a provider's messages with SIGKILL at random moments: acknowledged payments lost, and doubled ones.

Each message goes the way of a real one: signed, checked, event and effect in one transaction, delivered twice. After
the kills every message that was ever sent is delivered once more, as providers do when no answer came.
"""

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

from parking_robot.money.money import Money
from parking_robot.payments.desk import PaymentDesk
from parking_robot.payments.sandbox import HEADER, SandboxProvider
from parking_robot.payments.signature import sign
from parking_robot.stays.ledger import Ledger
from ronda_cli.measurement import main
from ronda_core.clock import SystemClock

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PRICE = Money(100, "EUR")
SECRET = "bench"
CLOCK = SystemClock()


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the measurement's own options."""
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)


def run(chosen: argparse.Namespace) -> dict[str, Any]:
    """Kill writers one after another over one store, then count what is in it."""
    rng = random.Random(chosen.seed)
    acknowledged: set[str] = set()
    sent: list[bytes] = []
    with tempfile.TemporaryDirectory(prefix="ronda-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'ledger.sqlite'}"
        Ledger(url).close()
        for number in range(chosen.kills):
            done, messages = _one(url, number, rng.uniform(0.0, 0.15))
            acknowledged |= done
            sent += messages
        begun = time.perf_counter()
        ledger = Ledger(url)
        before = _received(ledger)
        restart_s = time.perf_counter() - begun
        provider = SandboxProvider(CLOCK, SECRET)
        desk = PaymentDesk(ledger, provider, CLOCK)
        for body in sent:
            desk.webhook(body, _signed(body))
        provider.close()
        after = _received(ledger)
        with ledger.engine.connect() as connection:
            whole = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
        ledger.close()
    return {
        "kills": chosen.kills,
        "sent": len(sent),
        "acknowledged": len(acknowledged),
        "acknowledged_lost": sum(before.get(plate, 0) < PRICE.minor for plate in acknowledged),
        "doubled": sum(minor > PRICE.minor for minor in after.values()),
        "not_there_after_another_delivery": len(sent) - sum(minor == PRICE.minor for minor in after.values()),
        "integrity": whole,
        "restart_and_count_s": round(restart_s, 2),
    }


def _received(ledger: Ledger) -> dict[str, int]:
    return {plate: ledger.stay(stay_id).received(PRICE.currency).minor for stay_id, plate, _ in ledger.inside()}


def _signed(body: bytes) -> dict[str, str]:
    return {HEADER: sign(body, SECRET, CLOCK.now())}


def _one(url: str, number: int, after_s: float) -> tuple[set[str], list[bytes]]:
    """Let a child take payments and kill it ``after_s`` after its first.

    Return the plates whose payment it acknowledged, and the messages that were sent to it.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _take(url, number, writer)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as told:
        first = told.readline()
        time.sleep(after_s)
        os.kill(child, signal.SIGKILL)
        lines = [line.split() for line in (first, *told) if line.endswith("\n")]
    os.waitpid(child, 0)
    done = {word for kind, word in lines if kind == "done"}
    return done, [bytes.fromhex(word) for kind, word in lines if kind == "sent"]


def _take(url: str, number: int, told: int) -> None:
    """Enter, open a checkout, take the message that it was paid, twice; say what is sent and what was acknowledged."""
    ledger = Ledger(url)
    provider = SandboxProvider(CLOCK, SECRET)
    desk = PaymentDesk(ledger, provider, CLOCK)
    for count in range(100_000):
        plate = f"K{number:04d}{count:05d}"
        stay = ledger.enter(plate, "in", NOW, key=f"in{plate}")
        intent = desk.checkout(stay, PRICE, f"key{plate}").intent
        provider.pay(intent)
        body = provider.messages(intent)[-1]
        os.write(told, f"sent {body.hex()}\n".encode())
        for _ in range(2):
            desk.webhook(body, _signed(body))
        os.write(told, f"done {plate}\n".encode())


if __name__ == "__main__":
    sys.exit(main(run, __doc__ or "", options))
