# SPDX-License-Identifier: Apache-2.0
"""One car from its picture at the entry to the open exit, over the real parts: networks, ledger, sandbox over HTTP."""

import threading
import urllib.request
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from tests.parking_robot.money.tariffs import berlin, tariff
from tests.parking_robot.plates.scenes import plate_picture

from parking_robot.gates.exit_decision import decide_exit
from parking_robot.money.quote import quote
from parking_robot.payments.desk import PaymentDesk
from parking_robot.payments.sandbox import SandboxProvider
from parking_robot.plates.chain import PlateChain, load_settings
from parking_robot.plates.voting import vote
from parking_robot.stays.matching import Inside, MatchKind, match_exit
from parking_robot.stays.stay import EventKind, StayEvent, StayState
from ronda_core.clock import ManualClock

ENTRY = berlin("2026-03-02T10:00").timestamp()
PLAN = tariff()


@pytest.fixture
def hook():
    """A web server that hands webhooks to a desk, as the console does."""
    desks = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            desks[0].webhook(self.rfile.read(int(self.headers["Content-Length"])), dict(self.headers))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", desks
    server.shutdown()
    thread.join()
    server.server_close()


def passage(chain, text, clock):
    """Read three frames of a passage and vote; return (text, confidence)."""
    frames = [chain.read(plate_picture(text, at=(320, 300 - 2 * n), seed=n))[0].decoded for n in range(3)]
    outcome = vote(frames)
    return outcome.text, outcome.confidence, datetime.fromtimestamp(clock.now(), UTC)


def at_exit(ledger, plate, confidence, now):
    """Match and decide as an exit gate does; return (match, decision, quote)."""
    match = match_exit(plate, [Inside(*row) for row in ledger.inside()], now, confidence)
    stay = ledger.stay(match.stay_id)
    offer = quote(PLAN, stay.entered, now, stay.payments)
    return match, decide_exit(match, offer, False, now), offer


def test_a_car_is_read_held_paid_for_and_let_out(ledger, hook):
    url, desks = hook
    clock, chain = ManualClock(ENTRY), PlateChain(load_settings())
    provider = SandboxProvider(clock, "secret", url)
    desk = PaymentDesk(ledger, provider, clock)
    desks.append(desk)
    try:
        plate, confidence, now = passage(chain, "BA268AK", clock)
        stay = ledger.enter(plate, "in-1", now, key="passage-1", confidence=confidence)

        clock.advance(3600)
        plate, confidence, now = passage(chain, "BA268AK", clock)
        match, decision, offer = at_exit(ledger, plate, confidence, now)
        assert (match.kind, match.stay_id) == (MatchKind.EXACT, stay.id)
        assert (decision.open, decision.show_payment, offer.due.minor) == (False, True, 240)

        phone = desk.checkout(stay, offer.due, f"{stay.id}-1").url
        with urllib.request.urlopen(phone, b"with=good", timeout=10) as page:
            assert "Paid. Thank you" in page.read().decode()

        clock.advance(120)
        _, decision, offer = at_exit(ledger, plate, confidence, datetime.fromtimestamp(clock.now(), UTC))
        assert (decision.open, offer.due.minor) == (True, 0)
        left = ledger.append(stay.id, StayEvent(EventKind.EXITED, now, {"lane": "out-1"}), key="passage-2")
        assert (left.state, ledger.inside()) == (StayState.LEFT, [])
    finally:
        provider.close()
