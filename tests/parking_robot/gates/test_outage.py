# SPDX-License-Identifier: Apache-2.0
"""Gates whose ledger is really taken away: a stopped PostgreSQL server, a locked and a removed SQLite file."""

import shutil
import sqlite3
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.parking_robot.conftest import SCRIPT
from tests.parking_robot.gates.garages import Gate, site

from parking_robot.errors import LedgerError
from parking_robot.gates.decision import Verdict
from parking_robot.gates.passage import LaneState
from parking_robot.reasons import Reason
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.reviews import list_reviews
from parking_robot.stays.stay import EventKind, StayState
from ronda_core.clock import ManualClock

OPEN = {"outage": {"entry": "open", "exit": "open"}}


class Postgres:
    """A server of one's own that can be stopped and started again."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="ronda-pg-outage-"))
        started = subprocess.run([SCRIPT, "start", self.folder], capture_output=True, text=True, check=False)
        if started.returncode == 3:
            pytest.skip(started.stderr.strip())
        self.url = started.stdout.strip()

    def take_away(self):
        self._ctl("stop", "-m", "immediate")

    def bring_back(self):
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c max_connections=80"
        self._ctl("start", "-l", str(self.folder / "data" / "server.log"), "-o", options)

    def close(self):
        subprocess.run([SCRIPT, "stop", self.folder], check=True)

    def _ctl(self, *words):
        binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
        pg_ctl = str(binaries[-1]) if binaries else shutil.which("pg_ctl")
        rights = ["runuser", "-u", "postgres", "--"] if Path(self.folder).owner() == "postgres" else []
        command = [*rights, pg_ctl, "-D", str(self.folder / "data"), "-w", "-t", "60", *words]
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder)


class LockedSqlite:
    """A file that another program holds locked."""

    def __init__(self):
        self._folder = Path(tempfile.mkdtemp(prefix="ronda-lock-"))
        self.url = f"sqlite:///{self._folder / 'ledger.sqlite'}"

    def take_away(self):
        self._holder = sqlite3.connect(self._folder / "ledger.sqlite", isolation_level=None)
        self._holder.execute("BEGIN EXCLUSIVE")

    def bring_back(self):
        self._holder.execute("ROLLBACK")
        self._holder.close()

    def close(self):
        shutil.rmtree(self._folder)


class RemovedSqlite(LockedSqlite):
    """A folder that is gone, as with a network disk."""

    def take_away(self):
        self._folder.rename(self._folder.with_suffix(".away"))

    def bring_back(self):
        self._folder.with_suffix(".away").rename(self._folder)


@pytest.fixture(params=[Postgres, LockedSqlite, RemovedSqlite], ids=["postgresql", "locked", "removed"])
def store(request):
    made = request.param()
    yield made
    made.close()


@pytest.fixture
def gates(tmp_path, store):
    made, clock = [], ManualClock(1_772_442_000.0)

    def make(direction, garage):
        gate = Gate(tmp_path, store.url, garage, direction, clock)
        made.append(gate)
        return gate

    yield make
    for gate in made:
        gate.close()


def stand(gate, plate, seconds=2.0):
    """A car drives up and waits, whether or not anybody answers."""
    for _ in range(round(seconds / 0.2)):
        gate.see(plate)


def go(gate):
    """The car drives through, without anything being waited for."""
    for inputs in ({"loop": True}, {"loop": True, "beam": True}, {"loop": True}, {}):
        gate.tick(0.5, arm=gate.inputs.arm, **inputs)
    gate.tick(2.0)
    gate.tick(0.1)


def test_cars_come_and_go_without_the_ledger_and_nothing_is_forgotten_or_charged_twice(tmp_path, store, gates):
    garage = site(tmp_path, **OPEN)
    entry, leave = gates("entry", garage), gates("exit", garage)
    entry.arrive("AA111")
    entry.drive_through()
    leave.arrive("ZZ999")  # the exit's clerk has reached the ledger too
    leave.clock.advance(3600)
    leave.tick()
    leave.tick(5.0)
    leave.settle()

    store.take_away()
    stand(entry, "BB222")
    assert (entry.state.decision.code, entry.state.lane, entry.state.ledger_away) == (
        Reason.LEDGER_AWAY, LaneState.OPEN, True,
    )  # fmt: skip
    go(entry)
    stand(leave, "AA111")
    assert leave.state.lane is LaneState.OPEN
    go(leave)
    assert len(entry.journal) + len(leave.journal) == 4
    assert entry.clerk.away or leave.clerk.away or not entry.clerk.drained(0.0)

    store.bring_back()
    assert entry.clerk.drained(30.0)
    assert leave.clerk.drained(30.0)
    ledger = Ledger(store.url)
    assert [row[1] for row in ledger.inside()] == ["BB222"]
    unpaid = [case for case in list_reviews(ledger) if case.kind == "unpaid_exit"]
    assert [case.facts["reasons"][0].split(" (")[0] for case in unpaid] == ["AA111 left with 3.60 EUR unpaid"]
    stay = ledger.stay(unpaid[0].stay_id)
    kinds = [event.kind for event in ledger.events(stay.id)]
    assert (stay.state, kinds.count(EventKind.EXITED)) == (StayState.LEFT, 1)
    ledger.close()


@pytest.mark.parametrize(("policy", "verdict"), [("hold", Verdict.HOLD), ("ask", Verdict.ASK)])
def test_a_held_car_is_decided_on_when_the_ledger_is_back(tmp_path, store, gates, policy, verdict):
    gate = gates("entry", site(tmp_path, outage={"entry": policy}))
    gate.settle()
    gate.arrive("AA111")
    gate.drive_through()
    store.take_away()
    stand(gate, "BB222")
    assert (gate.state.decision.verdict, gate.barrier_calls[-1][0]) == (verdict, False)
    assert gate.state.help_called == (verdict is Verdict.ASK)
    store.bring_back()
    assert gate.clerk.drained(30.0)
    gate.see("BB222")
    assert (gate.state.decision.code, gate.state.lane) == (Reason.VISITOR, LaneState.OPEN)


def test_bans_and_permits_hold_without_the_ledger(tmp_path, store, gates):
    lists = {"permit": [{"plates": ["PP111"]}], "block": [{"plates": ["XX111"]}]}
    garage = site(tmp_path, lists, outage={"entry": "open", "exit": "ask"})
    entry, leave = gates("entry", garage), gates("exit", garage)
    Ledger(store.url).close()
    store.take_away()
    stand(entry, "XX111")
    assert (entry.state.decision.code, entry.barrier_calls) == (Reason.BANNED, [])
    stand(leave, "PP111")
    assert leave.state.lane is LaneState.OPEN
    store.bring_back()


def test_a_file_that_was_removed_under_a_running_ledger_is_noticed(tmp_path):
    ledger = Ledger(f"sqlite:///{tmp_path / 'l.sqlite'}")
    at = datetime(2026, 3, 2, tzinfo=UTC)
    stay = ledger.enter("A1", "in", at)
    (tmp_path / "l.sqlite").unlink()
    with pytest.raises(LedgerError, match="taken away"):
        ledger.enter("A2", "in", at)
    assert stay.plate == "A1"
    ledger.close()
