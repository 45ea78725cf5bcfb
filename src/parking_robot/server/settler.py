# SPDX-License-Identifier: Apache-2.0
"""Asks the provider about payments of which no message came, so that a lost one holds no car."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from parking_robot.errors import ParkingError
from parking_robot.payments.desk import PaymentDesk
from ronda_core.clock import Clock

LOOK_BACK = timedelta(hours=2)


class Settler:
    """One thread; ``problem`` is empty while it works."""

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
        """Ask about each once. Raises ParkingError."""
        since = datetime.fromtimestamp(self._clock.now(), UTC) - LOOK_BACK
        for intent in self._desk.pending(since):
            self._desk.settle(intent)

    def _run(self) -> None:
        while not self._stop.wait(self._every_s):
            try:
                self.look()
                self.problem = ""
            except ParkingError as error:
                self.problem = str(error)
