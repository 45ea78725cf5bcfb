# SPDX-License-Identifier: Apache-2.0
"""What the routes of the garage's server share: the cashier, the screens' states, links and their signatures."""

from __future__ import annotations

import hmac
import re
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from parking_robot.errors import PaymentError
from parking_robot.payments.cashier import Cashier
from parking_robot.payments.qr import Scope, payment_link, read_scoped_link
from parking_robot.server.screen_links import is_key
from ronda_core.clock import Clock

# A screen whose gate has been silent for so long says that it is out of order.
SILENT_S = 10.0
FOOT_LINK_S = 900
# So long a screen says that a payment failed; the pay page says it until one succeeds.
FAILED_SHOWN_S = 120.0
_NAME = re.compile(r"[A-Za-z0-9_-]{1,32}")


@dataclass(frozen=True, slots=True)
class Ticket:
    """A link that was checked: the stay and what may be shown of it. ``query`` leads to the same again."""

    stay_id: str
    scope: Scope
    query: str


class Garage:
    """One garage as the web sees it. ``public_url``: as phones reach it. ``foot_url``: the pay-on-foot page for codes
    that hang about; empty where no address was set that surely leads phones here."""

    def __init__(self, cashier: Cashier, secret: str, public_url: str, clock: Clock, foot_url: str = "") -> None:
        self.cashier, self.public_url, self.clock = cashier, public_url.rstrip("/"), clock
        self.foot_url = foot_url
        self._secret = secret
        self._screens: dict[str, tuple[Mapping[str, Any], float]] = {}
        self._failed: dict[str, float] = {}
        self._asking: set[str] = set()
        self._lock = threading.Lock()

    def ticket(self, query: str) -> Ticket:
        """Check a link's query. Raises PaymentError unless it is signed by this garage and still valid."""
        base = f"{self.public_url}/pay"
        stay_id, scope = read_scoped_link(f"{base}?{query}", base, self._secret, self.clock.now())
        return Ticket(stay_id, scope, query)

    def foot_link(self, stay_id: str) -> str:
        """Return a link, valid for a short time, that shows the amount and nothing else."""
        expires = int(self.clock.now()) + FOOT_LINK_S
        return payment_link(f"{self.public_url}/pay", stay_id, expires, self._secret, Scope.FOOT)

    def is_gate(self, authorization: str) -> bool:
        """Return whether a request carries the garage's secret."""
        return hmac.compare_digest(authorization.encode(), f"Bearer {self._secret}".encode())

    def opens_screen(self, gate: str, key: str) -> bool:
        """Return whether a request carries the key of this gate's screen."""
        return is_key(key, gate, self._secret)

    def set_screen(self, gate: str, state: Mapping[str, Any]) -> None:
        """Take what a gate says. Raises PaymentError for a name that is none."""
        gate = self.require_name(gate)
        with self._lock:
            self._screens[gate] = (state, self.clock.monotonic())
            if state.get("help_called"):
                self._asking.discard(gate)

    def ask_help(self, gate: str) -> None:
        """A driver pressed the help button on a gate's screen. Raises PaymentError for a gate that is silent."""
        if not self.screen(gate):
            raise PaymentError(f"gate '{gate[:32]}' does not answer", hint="use the intercom, or call the number shown")
        with self._lock:
            self._asking.add(gate)

    def asks_help(self, gate: str) -> bool:
        """Return whether the button was pressed and the gate has not called a person yet."""
        with self._lock:
            return gate in self._asking

    def screen(self, gate: str) -> Mapping[str, Any]:
        """Return what a gate said last; an empty mapping for one that is silent."""
        with self._lock:
            state, at = self._screens.get(gate, ({}, -SILENT_S))
        return state if self.clock.monotonic() - at < SILENT_S else {}

    @staticmethod
    def require_name(name: str) -> str:
        """Return the name of a gate or a robot. Raises PaymentError for one that is none."""
        if not _NAME.fullmatch(name):
            raise PaymentError(f"'{name[:32]}' is no name of a gate or robot", hint="letters, digits, - and _")
        return name

    def note_payment(self, stay_id: str, declined: bool) -> None:
        """Remember how the last try to pay for a stay ended, so that a screen need not ask the ledger."""
        now = self.clock.monotonic()
        with self._lock:
            self._failed = {stay: at for stay, at in self._failed.items() if now - at < FAILED_SHOWN_S}
            self._failed.pop(stay_id, None)
            if declined:
                self._failed[stay_id] = now

    def was_declined(self, stay_id: str) -> bool:
        """Return whether the last try to pay for a stay failed a short time ago."""
        with self._lock:
            at = self._failed.get(stay_id)
        return at is not None and self.clock.monotonic() - at < FAILED_SHOWN_S

    @staticmethod
    def new_device() -> str:
        """Return a name for a phone that has none yet."""
        return secrets.token_urlsafe(16)
