# SPDX-License-Identifier: Apache-2.0
"""The sandbox provider: a small HTTP server with a page for the phone, for demonstrations and tests. No real money.

It behaves as real ones do: an intent is paid once, the message is signed, sent by HTTP, and sent again until answered.
"""

from __future__ import annotations

import html
import json
import secrets
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from parking_robot.errors import PaymentError
from parking_robot.money.money import Money
from parking_robot.payments.provider import Checkout, Outcome, ProviderEvent, UnknownPayment
from parking_robot.payments.signature import sign, verify
from ronda_core.clock import Clock

HEADER = "X-Sandbox-Signature"
TRIES = 3
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{text}</title><style>body{{font:20px sans-serif;max-width:22em;margin:2em auto;padding:0 1em}}
button{{font:inherit;width:100%;padding:.8em;margin:.4em 0}}</style>
<h1>{text}</h1><p>To pay: <b>{amount}</b></p><p>{state}</p>{buttons}{back}
<p><small>Sandbox: no real money is moved.</small></p></html>"""
BUTTONS = """<form method="post"><button name="with" value="good">Pay</button>
<button name="with" value="declined">Pay with a card that is declined</button></form>"""


@dataclass
class _Intent:
    stay_id: str
    amount: Money
    text: str
    outcome: Outcome = Outcome.PENDING
    refunded: int = 0
    payer: str = ""
    country: str = ""
    paid_at: float | None = None
    sent: list[bytes] = field(default_factory=list)


class SandboxProvider:
    """Implements PaymentProvider. ``webhook_url`` may be empty: then messages are only kept for ``messages``.

    It listens on this computer alone. ``page_url``: where phones reach its pages, for a server that hands them to
    `answer`; empty: as it listens. ``return_url``: where its pages lead back to, as `StripeProvider`'s.
    """

    name = "sandbox"

    def __init__(
        self,
        clock: Clock,
        secret: str,
        webhook_url: str = "",
        port: int = 0,
        old_secret: str = "",
        page_url: str = "",
        return_url: str = "",
    ) -> None:
        self._clock, self._secret, self.webhook_url = clock, secret, webhook_url
        self._secrets, self._return_url = (secret, old_secret), return_url
        self._intents: dict[str, _Intent] = {}
        self._by_key: dict[str, str] = {}
        self._lock = threading.Lock()
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        except OSError as error:
            raise PaymentError(
                f"the sandbox cannot listen on port {port}: {error}", hint="choose another port"
            ) from error
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._page_url = page_url or self.url
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop the server."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def checkout(self, stay_id: str, amount: Money, key: str, text: str) -> Checkout:
        with self._lock:
            intent = self._by_key.setdefault(key, f"pi_{secrets.token_hex(12)}")
            self._intents.setdefault(intent, _Intent(stay_id, amount, text))
        return Checkout(intent, f"{self._page_url}/pay/{intent}")

    def verify(self, body: bytes, headers: Mapping[str, str], now: float) -> ProviderEvent:
        given = {name.lower(): value for name, value in headers.items()}.get(HEADER.lower(), "")
        verify(body, given, self._secrets, now)
        try:
            message = json.loads(body)
            amount = Money(message["minor"], message["currency"])
            reason, payer, country = (str(message.get(name, "")) for name in ("reason", "payer", "country"))
            outcome, at = Outcome(message["outcome"]), _moment(message.get("at"))
            return ProviderEvent(message["id"], outcome, message["intent"], amount, reason, payer, country, at)
        except (KeyError, TypeError, ValueError, OverflowError, OSError) as error:
            raise PaymentError(f"the sandbox's message is incomplete: {error}", hint="send it again whole") from error

    def poll(self, intent: str) -> ProviderEvent:
        known = self._known(intent)
        outcome = Outcome.PENDING if known.outcome is Outcome.DECLINED else known.outcome
        at = _moment(known.paid_at)
        return ProviderEvent(f"poll_{intent}", outcome, intent, known.amount, "", known.payer, known.country, at)

    def refund(self, intent: str, amount: Money, key: str) -> None:
        known = self._known(intent)
        with self._lock:
            if known.outcome is not Outcome.SUCCEEDED or known.refunded + amount.minor > known.amount.minor:
                raise PaymentError(f"{intent}: {amount} cannot be refunded", hint="it was not paid, or is paid back")
            known.refunded += amount.minor
        self._tell(intent, known, Outcome.REFUNDED, amount, f"refund {key}")

    def pay(self, intent: str, good: bool = True, payer: str = "", country: str = "") -> None:
        """Do what the phone's button does: pay, or try with a card that is declined."""
        known = self._known(intent)
        with self._lock:
            if known.outcome is Outcome.SUCCEEDED:
                return
            known.payer, known.country = payer, country
            known.outcome = Outcome.SUCCEEDED if good else Outcome.DECLINED
            known.paid_at = self._clock.now() if good else None
        self._tell(intent, known, known.outcome, known.amount, "" if good else "the card was declined")

    def messages(self, intent: str) -> list[bytes]:
        """Return the raw bodies that were sent for an intent."""
        return list(self._known(intent).sent)

    def page(self, intent: str) -> str:
        """Return the phone's page of an intent."""
        known = self._known(intent)
        states = {
            Outcome.SUCCEEDED: "Paid. Thank you, you may drive to the exit.",
            Outcome.DECLINED: "The payment failed: try another card, or press the intercom button at the exit.",
        }
        return PAGE.format(
            text=html.escape(known.text),
            amount=known.amount,
            state=states.get(known.outcome, ""),
            buttons="" if known.outcome is Outcome.SUCCEEDED else BUTTONS,
            back=self._way_back(known.outcome),
        )

    def answer(self, intent: str, form: str | None) -> tuple[int, str]:
        """Return the HTTP status and the page for a phone; ``form``: the body that it posts, None where it looks."""
        try:
            if form is not None:
                fields = {name: values[0] for name, values in parse_qs(form).items()}
                who = (fields.get("payer", ""), fields.get("country", ""))
                self.pay(intent, fields.get("with") != "declined", *who)
            return 200, self.page(intent)
        except PaymentError as error:
            return 404, f"<!doctype html><p>{html.escape(str(error))}. {html.escape(error.hint)}.</p>"

    def _way_back(self, outcome: Outcome) -> str:
        if not self._return_url:
            return ""
        query = "?paid=yes" if outcome is Outcome.SUCCEEDED else ""
        return f'<p><a href="{html.escape(self._return_url)}{query}">Back to the garage</a></p>'

    def _known(self, intent: str) -> _Intent:
        if intent not in self._intents:
            # Without its name: who knows it can pay it, and this text is shown and logged.
            raise UnknownPayment("the sandbox does not know this payment", hint="scan the code again")
        return self._intents[intent]

    def _tell(self, intent: str, known: _Intent, outcome: Outcome, amount: Money, reason: str) -> None:
        message = {"id": f"evt_{secrets.token_hex(12)}", "outcome": outcome.value, "intent": intent, "reason": reason}
        message |= {"payer": known.payer, "country": known.country}
        # It may be sent again much later: it goes on telling of now.
        figures = {"minor": amount.minor, "currency": amount.currency, "at": self._clock.now()}
        body = json.dumps(message | figures).encode()
        known.sent.append(body)
        if not self.webhook_url:
            return
        headers = {HEADER: sign(body, self._secret, self._clock.now()), "Content-Type": "application/json"}
        for _ in range(TRIES):
            try:
                with urllib.request.urlopen(urllib.request.Request(self.webhook_url, body, headers), timeout=5):
                    return
            except (urllib.error.URLError, TimeoutError):
                continue


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _handler(provider: SandboxProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            length = min(int(self.headers.get("Content-Length") or 0), 1000)
            form = self.rfile.read(length).decode("ascii", "replace")
            self._answer(form)

        def _answer(self, form: str | None = None) -> None:
            status, text = provider.answer(self.path.removeprefix("/pay/"), form)
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on the terminal: addresses of payments are secrets."""

    return Handler
