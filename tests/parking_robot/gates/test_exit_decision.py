# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest
from tests.parking_robot.money.tariffs import berlin, tariff

from parking_robot.gates.exit_decision import Outage, decide_exit, decide_without_ledger
from parking_robot.money.money import Money
from parking_robot.money.quote import Paid, quote
from parking_robot.stays.matching import Match, MatchKind

ENTRY = berlin("2026-03-02T10:00")
NOW = ENTRY + timedelta(hours=1)
EXACT, NEAR = Match(MatchKind.EXACT, "s", "exact"), Match(MatchKind.NEAR_MISS, "s", "near")


def due(*paid):
    return quote(tariff(), ENTRY, NOW, paid)


def test_an_unpaid_car_is_held_and_shown_how_to_pay():
    decision = decide_exit(EXACT, due(), False, NOW)
    assert (decision.open, decision.show_payment, decision.reason) == (False, True, "2.40 EUR to pay")


def test_a_paid_car_leaves_within_the_grace():
    decision = decide_exit(EXACT, due(Paid(Money(240, "EUR"), NOW - timedelta(minutes=5))), False, NOW)
    assert decision.open
    assert "600 s of grace left" in decision.reason


def test_a_permit_leaves_and_a_near_miss_is_looked_at_later():
    assert decide_exit(NEAR, due(), True, NOW).open
    assert decide_exit(NEAR, due(), True, NOW).review
    assert not decide_exit(EXACT, due(), True, NOW).review


@pytest.mark.parametrize("kind", [MatchKind.REVIEW, MatchKind.NONE])
def test_what_is_not_sure_waits_for_a_person(kind):
    decision = decide_exit(Match(kind, "", "two cars"), None, True, NOW)
    assert (decision.open, decision.review) == (False, True)


def test_without_the_ledger_the_policy_decides():
    assert decide_without_ledger(Outage.OPEN).open
    assert not decide_without_ledger(Outage.HOLD).open
    assert decide_without_ledger(Outage.ASK).review
