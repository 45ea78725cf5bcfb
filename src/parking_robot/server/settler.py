# SPDX-License-Identifier: Apache-2.0
"""Asks the provider about payments of which no message came, so that a lost one holds no car."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from parking_robot.errors import ParkingError
from parking_robot.payments.cashier import LOOK_BACK
from parking_robot.payments.desk import PaymentDesk
from ronda_core.clock import Clock


class Settler:
    """One thread; ``problem`` is empty while every payment can be asked about. It names none: anybody may read it."""

    def __init__(self, desk: PaymentDesk, clock: Clock, every_s: float = 5.0) -> None:
        self._desk, self._clock, self._every_s = desk, clock, every_s
        self._stop = threading.Event()
        self.problem = ""
        self._thread = threading.Thread(target=self._run, name="settler", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        self._thread.join(10.0)

    def look(self) -> None:
        """Ask about each once; one that fails keeps none of the others waiting. Raises LedgerError."""
        since = datetime.fromtimestamp(self._clock.now(), UTC) - LOOK_BACK
        pending = self._desk.pending(since)
        failures = []
        for intent in pending:
            try:
                self._desk.settle(intent)
            except ParkingError as error:
                failures.append(str(error))
        unasked = f"{len(failures)} of {len(pending)} open payments could not be asked about"
        self.problem = f"{unasked}: {failures[-1]}" if failures else ""

    def _run(self) -> None:
        while not self._stop.wait(self._every_s):
            try:
                self.look()
            except ParkingError as error:
                self.problem = str(error)
