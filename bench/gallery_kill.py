# SPDX-License-Identifier: Apache-2.0
"""Kill a writer of the face gallery with SIGKILL at random moments: acknowledged changes lost or half done."""

from __future__ import annotations

import argparse
import os
import random
import secrets
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from face_perception.audit import AuditLog
from face_perception.people import Example, Person
from face_perception.site_key import open_store
from ronda_cli.measurement import main
from ronda_core.clock import SystemClock

_SIZE = 512
_PICTURE = bytes(20_000)


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the measurement's own options."""
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)


def run(chosen: argparse.Namespace) -> dict[str, Any]:
    """Kill writers one after another over one gallery, then compare it with what they acknowledged."""
    rng = random.Random(chosen.seed)
    enrolled: dict[str, int] = {}
    leaving: set[str] = set()
    removed: set[str] = set()
    torn_audit_lines = 0
    with tempfile.TemporaryDirectory(prefix="ronda-bench-") as name:
        folder = Path(name)
        for _ in range(chosen.kills):
            # From the very start on: the first kills hit the making of the gallery and its key.
            for word, person_id, count in _one(folder, rng.uniform(0.0, 0.25)):
                if word == "enrolled":
                    enrolled[person_id] = int(count)
                else:
                    (removed if word == "removed" else leaving).add(person_id)
            torn_audit_lines += _torn(folder / "audit.jsonl")
        begun = time.perf_counter()
        store = open_store(folder, create=True)
        there = {person.person_id: person.pictures for person in store.people()}
        opened_s = time.perf_counter() - begun
        unreadable = sum(len(store.examples(person_id)) != count for person_id, count in there.items())
        summaries = sum(len(chunk.numbers) for chunk, _ in store.all_summaries())
        with store.database.engine.connect() as connection:
            whole = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
        store.close()
        log = (folder / "audit.jsonl").read_text()
    kept = {person_id: count for person_id, count in enrolled.items() if person_id not in leaving}
    return {
        "kills": chosen.kills,
        "acknowledged": len(enrolled) + len(removed),
        "acknowledged_enrolments_lost": sum(there.get(person_id, 0) < count for person_id, count in kept.items()),
        "acknowledged_removals_undone": sum(person_id in there for person_id in removed),
        "half_written": unreadable + (summaries != len(there)),
        "changes_missing_in_audit_log": sum(person_id not in log for person_id in there),
        "audit_lines_torn_and_ended": torn_audit_lines,
        "integrity": whole,
        "people": len(there),
        "open_and_list_s": round(opened_s, 2),
    }


def _one(folder: Path, after_s: float) -> list[tuple[str, str, str]]:
    """Let a child work on the gallery and kill it ``after_s`` after its start; return what it acknowledged."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _work(folder, writer)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as told:
        time.sleep(after_s)
        os.kill(child, signal.SIGKILL)
        lines = [line.split() for line in told if line.endswith("\n")]
    os.waitpid(child, 0)
    return [(word, person_id, count) for word, person_id, count in lines]


def _work(folder: Path, told: int) -> None:
    """Enrol, add pictures, remove and save chunks for ever; acknowledge what was committed."""
    store, audit = open_store(folder, create=True), AuditLog(folder / "audit.jsonl", SystemClock())
    rng = np.random.default_rng(int.from_bytes(secrets.token_bytes(4)))
    mine: list[str] = []
    while True:
        made = rng.standard_normal((2, _SIZE)).astype(np.float32)
        made /= np.linalg.norm(made, axis=1, keepdims=True)
        examples = [Example(template, 0.9, _PICTURE) for template in made]
        person = Person(f"p-{secrets.token_hex(6)}", "A Name", "all", "bench", 0.0, 0.0, 2, "bench")
        store.add_person(person, examples, lambda person=person: audit.append("enrol", person_id=person.person_id))
        os.write(told, f"enrolled {person.person_id} 2\n".encode())
        store.add_examples(person.person_id, examples[:1])
        os.write(told, f"enrolled {person.person_id} 3\n".encode())
        mine.append(person.person_id)
        if len(mine) % 3 == 0:
            gone = mine.pop(0)
            # Killed after the commit and before the acknowledgement, it is gone as it should be.
            os.write(told, f"removing {gone} 0\n".encode())
            store.remove_person(gone, lambda gone=gone: audit.append("remove", person_id=gone))
            os.write(told, f"removed {gone} 0\n".encode())
        if len(mine) % 5 == 0:
            head = store.head()
            for chunk, saved in list(store.all_summaries()):
                if not saved:
                    store.save_chunk(chunk, head)


def _torn(log: Path) -> bool:
    """Return whether the log ends in the middle of a line."""
    return log.exists() and log.stat().st_size > 0 and not log.read_bytes().endswith(b"\n")


if __name__ == "__main__":
    sys.exit(main(run, __doc__ or "", options))
