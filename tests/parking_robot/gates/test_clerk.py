# SPDX-License-Identifier: Apache-2.0
import queue

import pytest
from tests.parking_robot.gates.garages import NOW, Gate, site
from tests.parking_robot.money.tariffs import content

from parking_robot.gates.clerk import Clerk
from parking_robot.gates.dates import SteadyDate
from parking_robot.gates.decision import Direction, Passage, Verdict
from parking_robot.gates.journal import Journal
from parking_robot.reasons import Reason
from parking_robot.stays.alarms import alarm_pauses, begin_alarm, open_alarms
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.reviews import list_reviews
from parking_robot.stays.stay import EventKind, StayEvent
from ronda_core.clock import ManualClock


def test_an_error_that_nobody_thought_of_is_told_and_the_clerk_goes_on(tmp_path):
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    told, tries = [], []

    def open_ledger():
        tries.append(None)
        if len(tries) == 1:
            raise RuntimeError("the driver stumbled")
        told.append(clerk.problem)
        return Ledger(url, 0.3)

    answers: queue.Queue = queue.Queue()
    clock, journal = ManualClock(NOW), Journal(tmp_path / "j.jsonl")
    date = SteadyDate(clock).now
    clerk = Clerk("gate_in", open_ledger, site(tmp_path), date, journal, clock, answers.put)
    try:
        clerk.ask(Passage("p", "gate_in", Direction.ENTRY, date(), "AB123", 0.9))
        answer = answers.get(timeout=20.0)
        assert answer.decision.code is Reason.VISITOR
        assert told == ["the ledger: RuntimeError: the driver stumbled"]
        assert clerk.drained(10.0) and not clerk.problem
    finally:
        clerk.close()
        journal.close()


def test_a_new_clerk_ends_an_alarm_of_before_even_if_no_car_comes(tmp_path):
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    clock = ManualClock(NOW)
    date = SteadyDate(clock).now
    store = Ledger(url)
    for gate in ("gate_in", "gate_out"):
        begin_alarm(store, gate, date())
    clock.advance(600.0)
    journal = Journal(tmp_path / "j.jsonl")
    clerk = Clerk("gate_in", lambda: Ledger(url), site(tmp_path), date, journal, clock, print)
    try:
        assert clerk.drained(10.0)
        assert list(open_alarms(store)) == ["gate_out"]
    finally:
        clerk.close()
        journal.close()
        store.close()


@pytest.mark.parametrize("away", [False, True])
def test_an_alarm_that_goes_on_over_a_restart_begins_again(tmp_path, away):
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    clock, garage = ManualClock(NOW), site(tmp_path)
    store = Ledger(url)
    first = Gate(tmp_path, f"sqlite:///{tmp_path}/none/x.sqlite" if away else url, garage, "exit", clock)
    first.tick(fire=True)
    if not away:
        first.settle()
    first.close()
    clock.advance(60.0)
    second = Gate(tmp_path, url, garage, "exit", clock)
    second.tick(fire=True)
    second.settle()
    try:
        assert list(open_alarms(store)) == ["gate_exit"]
        ((start, end),) = alarm_pauses(store, second.date()).periods
        assert 60.0 <= (end - start).total_seconds() <= 61.0
    finally:
        second.close()
        store.close()


def test_a_record_that_fits_nothing_stops_no_gate(tmp_path):
    garage = site(tmp_path, tariff=content(currency="CHF"))
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    gate = Gate(tmp_path, url, garage, "exit")
    store = Ledger(url)
    stay = store.enter("AB123", "in", gate.date())
    gate.clock.advance(3600.0)
    store.append(stay.id, StayEvent(EventKind.PAID, gate.date(), {"minor": 240, "currency": "EUR"}))
    try:
        gate.arrive("AB123")
        assert (gate.state.decision.verdict, gate.clerk.problem) == (Verdict.ASK, "")
        gate.station.answer_open("Mara", "paid in euros", "")
        gate.drive_through()
        assert (len(gate.journal), gate.clerk.problem) == (0, "")
        assert "does_not_fit" in {case.kind for case in list_reviews(store)}
    finally:
        gate.close()
        store.close()
