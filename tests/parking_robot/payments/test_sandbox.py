# SPDX-License-Identifier: Apache-2.0
import json
import threading
import urllib.error
import urllib.request
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from parking_robot.errors import PaymentError
from parking_robot.money.money import Money
from parking_robot.payments.provider import Outcome
from parking_robot.payments.sandbox import HEADER, SandboxProvider
from parking_robot.payments.signature import sign
from ronda_core.clock import ManualClock


@pytest.fixture
def garage():
    """A web server that keeps what it is told and refuses the first message."""
    told, answers = [], [500]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            told.append((self.rfile.read(int(self.headers["Content-Length"])), dict(self.headers)))
            self.send_response(answers.pop() if answers else 200)
            self.end_headers()

        def log_message(self, format, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook", told
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_phone_pays_over_http_and_the_message_is_sent_until_answered(garage):
    url, told = garage
    clock = ManualClock(1_800_000_000.0)
    sandbox = SandboxProvider(clock, "s", url)
    try:
        checkout = sandbox.checkout("stay", Money(350, "EUR"), "k", "Parking <B>&1")
        with urllib.request.urlopen(checkout.url, timeout=5) as page:
            text = page.read().decode()
        assert "3.50 EUR" in text
        assert "Parking &lt;B&gt;&amp;1" in text
        with urllib.request.urlopen(checkout.url, b"with=declined", timeout=5) as page:
            assert "failed: try another card" in page.read().decode()
        with urllib.request.urlopen(checkout.url, b"with=good", timeout=5) as page:
            assert "Paid. Thank you" in page.read().decode()
        events = [sandbox.verify(body, headers, clock.now()) for body, headers in told]
        assert [event.outcome for event in events] == [Outcome.DECLINED, Outcome.DECLINED, Outcome.SUCCEEDED]
        assert events[0].id == events[1].id
    finally:
        sandbox.close()


def test_what_it_tells_later_was_paid_when_it_was_paid():
    clock = ManualClock(1_800_000_000.0)
    sandbox = SandboxProvider(clock, "s")
    try:
        intent = sandbox.checkout("stay", Money(350, "EUR"), "k", "Parking").intent
        assert sandbox.poll(intent).at is None
        sandbox.pay(intent, payer="card", country="FR")
        clock.advance(600)
        (body,) = sandbox.messages(intent)
        told = sandbox.verify(body, {HEADER: sign(body, "s", clock.now())}, clock.now())
        asked = sandbox.poll(intent)
        assert told.at == asked.at == datetime.fromtimestamp(1_800_000_000, UTC)
        assert (asked.payer, asked.country) == (told.payer, told.country) == ("card", "FR")
        for wrong in ("soon", 1e30):
            body = json.dumps(json.loads(body) | {"at": wrong}).encode()
            with pytest.raises(PaymentError, match="incomplete"):
                sandbox.verify(body, {HEADER: sign(body, "s", clock.now())}, clock.now())
    finally:
        sandbox.close()


def test_unknown_payments_are_a_clear_page():
    sandbox = SandboxProvider(ManualClock(0.0), "s")
    try:
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"{sandbox.url}/pay/none", timeout=5)
        assert caught.value.code == 404
        assert "scan the code again" in caught.value.read().decode()
        caught.value.close()
    finally:
        sandbox.close()


def test_a_used_port_is_a_clear_error():
    sandbox = SandboxProvider(ManualClock(0.0), "s")
    try:
        with pytest.raises(PaymentError, match="cannot listen on port"):
            SandboxProvider(ManualClock(0.0), "s", port=int(sandbox.url.rpartition(":")[2]))
    finally:
        sandbox.close()
