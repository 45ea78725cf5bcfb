# SPDX-License-Identifier: Apache-2.0
"""Asks the provider about payments of which no message came, so that a lost one holds no car."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime

from parking_robot.errors import LedgerError, ParkingError
from parking_robot.payments.cashier import LOOK_BACK
from parking_robot.payments.desk import PaymentDesk
from parking_robot.payments.provider import ProviderAway, UnknownPayment
from ronda_core.clock import Clock

_log = logging.getLogger(__name__)
LEDGER_AWAY = "the ledger is away: the server's log says why"


class Settler:
    """One thread; ``problem`` is empty while every payment can be asked about.

    Anybody may read it: it names no payment and says nothing in a database's or a provider's words, as the log does.
    """

    def __init__(self, desk: PaymentDesk, clock: Clock, every_s: float = 5.0) -> None:
        self._desk, self._clock, self._every_s = desk, clock, every_s
        self._stop = threading.Event()
        self.problem, self._logged = "", ""
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
        failures: list[ParkingError] = []
        for intent in pending:
            try:
                self._desk.settle(intent)
            except ParkingError as error:
                failures.append(error)
        unasked = f"{len(failures)} of {len(pending)} open payments could not be asked about"
        self._note(f"{unasked}: {_public(failures[-1])}" if failures else "", failures[-1] if failures else None)

    def _run(self) -> None:
        while not self._stop.wait(self._every_s):
            try:
                self.look()
            except ParkingError as error:
                self._note(_public(error), error)

    def _note(self, problem: str, error: ParkingError | None) -> None:
        self.problem, told = problem, str(error or "")
        # Once for each problem, not every few seconds.
        if told and told != self._logged:
            _log.error("payments without a message: %s", told)
        self._logged = told


def _public(error: ParkingError) -> str:
    if isinstance(error, LedgerError):
        return LEDGER_AWAY
    return str(error) if isinstance(error, UnknownPayment | ProviderAway) else "the server's log says why"
