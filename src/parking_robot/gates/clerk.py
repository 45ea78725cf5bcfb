# SPDX-License-Identifier: Apache-2.0
"""The gate's clerk: one thread that talks to the ledger, so that a lane never waits for a database.

It brings the journal's records into the ledger in order, and answers questions about cars. A question is answered from
a ledger that knows everything this gate has recorded; while that cannot be had, there is no answer, and the gate's
policy decides.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from parking_robot.errors import LedgerError, ParkingError
from parking_robot.gates.decision import Decision, Passage
from parking_robot.gates.journal import Journal, Record
from parking_robot.gates.keeper import decide
from parking_robot.gates.records import apply_record, restarted
from parking_robot.gates.site import Site
from parking_robot.stays.alarms import end_alarm, open_alarms
from parking_robot.stays.ledger import Ledger
from ronda_core.clock import Clock

RETRY_S = 1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """The decision on a passage and when (monotonic seconds) it was there."""

    passage: Passage
    decision: Decision
    at: float


class Clerk:
    """Give it questions with `ask`; it calls ``answered`` from its own thread. `record` may be called by any thread."""

    def __init__(
        self,
        gate: str,
        open_ledger: Callable[[], Ledger],
        site: Site,
        date: Callable[[], datetime],
        journal: Journal,
        clock: Clock,
        answered: Callable[[Answer], None],
    ) -> None:
        self._open_ledger, self._site, self._journal, self._clock = open_ledger, site, journal, clock
        self._answered = answered
        self._gate, self._date = gate, date
        self._looked_back = self._alarm_ended = False
        self._started = date()
        self._ledger: Ledger | None = None
        self._question: Passage | None = None
        self._closed = False
        self._idle = False
        self._condition = threading.Condition()
        self.problem = ""
        self._thread = threading.Thread(target=self._run, name="clerk", daemon=True)
        self._thread.start()

    @property
    def away(self) -> bool:
        """Return whether the ledger did not answer at the last try."""
        return bool(self.problem)

    def ask(self, passage: Passage) -> None:
        """Ask for a decision; a question that was not answered yet is replaced."""
        with self._condition:
            self._question = passage
            self._condition.notify_all()

    def forget(self) -> None:
        """Take back a question that was not answered yet."""
        with self._condition:
            self._question = None

    def record(self, record: Record) -> None:
        """Keep a record; it is on this machine's disk when this returns. Raises JournalError."""
        self._journal.add(record)
        with self._condition:
            self._condition.notify_all()

    def drained(self, timeout_s: float) -> bool:
        """Wait until everything is recorded and answered; return whether it is."""
        with self._condition:
            return self._condition.wait_for(self._done, timeout_s)

    def close(self) -> None:
        """End the thread after what it is doing now; what is not in the ledger stays in the journal."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()
        self._thread.join(10.0)
        if self._ledger is not None:
            self._ledger.close()

    def _done(self) -> bool:
        return self._idle and self._question is None and not len(self._journal)

    def _has_work(self) -> bool:
        return self._closed or not self._looked_back or self._question is not None or len(self._journal) > 0

    def _run(self) -> None:
        while True:
            with self._condition:
                wait = RETRY_S if self.problem else None
                if self.problem:
                    # Whatever wakes it, a broken store is not asked more often than this.
                    self._condition.wait_for(lambda: self._closed, wait)
                self._condition.wait_for(self._has_work, wait)
                if self._closed:
                    return
                self._idle = False
            try:
                self._work()
                self.problem = ""
            except ParkingError as error:
                self.problem = str(error)
                if isinstance(error, LedgerError):
                    self._drop_ledger()
            except Exception as error:  # A clerk that ends in silence would leave a gate that looks well.
                self.problem = f"the ledger: {type(error).__name__}: {error}"
                self._drop_ledger()
            with self._condition:
                self._idle = True
                self._condition.notify_all()

    def _work(self) -> None:
        if self._ledger is None:
            self._ledger = self._open_ledger()
        while (record := self._journal.first()) is not None:
            if record.at >= self._started:
                self._end_former_alarm(self._ledger)
            apply_record(self._ledger, self._site, record)
            self._journal.done()
        if not self._looked_back:
            if (record := restarted(self._ledger, self._gate, self._date())) is not None:
                apply_record(self._ledger, self._site, record)
            self._end_former_alarm(self._ledger)
            self._looked_back = True
        with self._condition:
            question = self._question
        if question is None:
            return
        decision = decide(self._ledger, self._site, question)
        with self._condition:
            if self._question is not question:
                return
            self._question = None
        self._answered(Answer(question, decision, self._clock.monotonic()))

    def _end_former_alarm(self, ledger: Ledger) -> None:
        """An alarm of before the start may have ended unseen. If it has not, a record of after the start begins it."""
        if not self._alarm_ended:
            since = open_alarms(ledger).get(self._gate)
            if since is not None and since < self._started:
                end_alarm(ledger, self._gate, self._started)
            self._alarm_ended = True

    def _drop_ledger(self) -> None:
        """Open the store anew next time: its connections may belong to a server or a file that is gone."""
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None
