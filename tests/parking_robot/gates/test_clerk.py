# SPDX-License-Identifier: Apache-2.0
import queue

from tests.parking_robot.gates.garages import NOW, site

from parking_robot.gates.clerk import Clerk
from parking_robot.gates.dates import SteadyDate
from parking_robot.gates.decision import Direction, Passage
from parking_robot.gates.journal import Journal
from parking_robot.reasons import Reason
from parking_robot.stays.ledger import Ledger
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
