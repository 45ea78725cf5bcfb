# SPDX-License-Identifier: Apache-2.0
import logging

import pytest

from parking_robot.errors import LedgerError, PaymentError
from parking_robot.payments.provider import ProviderAway
from parking_robot.server.settler import LEDGER_AWAY, Settler
from ronda_core.clock import ManualClock


class Desk:
    """A desk with two open payments, or none at all; asking about each fails."""

    def __init__(self, error, away=None):
        self.error, self.away = error, away

    def pending(self, _since):
        if self.away is not None:
            raise self.away
        return ["pi_1", "pi_2"]

    def settle(self, _intent):
        raise self.error


@pytest.fixture
def settler():
    """Make a settler that looks when it is told to."""
    made = []

    def start(desk, every_s=3600.0):
        made.append(Settler(desk, ManualClock(0.0), every_s))
        return made[-1]

    yield start
    for one in made:
        one.close()


WORDS = "the ledger could not be read: disk I/O error /srv/garage/ledger.sqlite"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ProviderAway("Stripe cannot be reached", hint=""), "Stripe cannot be reached"),
        (PaymentError("poll_pi_1 tells of 1.00 EUR", hint=""), "the server's log says why"),
        (PaymentError("Stripe refused: Invalid API Key provided: sk_live_x", hint=""), "the server's log says why"),
        (LedgerError(WORDS, hint=""), LEDGER_AWAY),
    ],
)
def test_what_anybody_may_read_has_no_words_of_databases_and_providers(settler, caplog, error, said):
    made = settler(Desk(error))
    with caplog.at_level(logging.ERROR):
        made.look()
        made.look()
    assert made.problem == f"2 of 2 open payments could not be asked about: {said}"
    assert [record.getMessage() for record in caplog.records] == [f"payments without a message: {error}"]


def test_a_ledger_that_is_away_is_said_in_general_and_logged_once(settler, caplog):
    with caplog.at_level(logging.ERROR):
        made = settler(Desk(None, LedgerError(WORDS, hint="")), every_s=0.01)
        for _ in range(2000):
            if made.problem:
                break
            made._thread.join(0.01)
        made._thread.join(0.1)
    assert made.problem == LEDGER_AWAY
    assert [WORDS in record.getMessage() for record in caplog.records] == [True]
