# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta

from parking_robot.payments.risk import FACTS
from parking_robot.payments.risk_facts import Fact, FactKind, add_fact, count_facts, device_of

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_what_happened_lately_is_counted_by_payer_plate_and_device(ledger):
    for plate, minutes in (("A1", 5), ("A1", 30), ("B2", 50), ("C3", 70)):
        add_fact(ledger, Fact(FactKind.PAID, NOW - timedelta(minutes=minutes), "phone", "card", plate, "s"))
    add_fact(ledger, Fact(FactKind.DECLINED, NOW - timedelta(minutes=2), "phone", "", "A1"))
    add_fact(ledger, Fact(FactKind.LOOKED_UP, NOW - timedelta(minutes=12), "phone", "", "Z9"))
    facts = count_facts(ledger, NOW, "phone", "card", "A1", 900)
    assert facts == {
        "plates_of_payer_1h": 2.0, "payments_of_plate_1h": 2.0, "declined_10min": 1.0, "quotes_of_device_10min": 0.0,
        "code_replayed": 0.0, "new_device_amount": 0.0, "amount_mismatch": 0.0, "currency_mismatch": 0.0,
    }  # fmt: skip
    # The country alone is known to who judges: the ledger keeps none.
    assert set(facts) == set(FACTS) - {"country_mismatch"}


def test_a_new_device_counts_with_its_amount_and_nobody_with_nothing(ledger):
    assert count_facts(ledger, NOW, "new", "", "", 900)["new_device_amount"] == 900.0
    assert count_facts(ledger, NOW, "", "", "", 900) == {}


def test_the_device_of_a_checkout_is_found_again(ledger):
    assert device_of(ledger, "s1") == ""
    for device in ("first", "second"):
        add_fact(ledger, Fact(FactKind.CHECKOUT, NOW, device, stay_id="s1"))
    assert device_of(ledger, "s1") == "second"
