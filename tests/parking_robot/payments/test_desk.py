# SPDX-License-Identifier: Apache-2.0
import json
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from parking_robot.errors import PaymentError, SignatureError
from parking_robot.money.money import Money
from parking_robot.payments.desk import PaymentDesk
from parking_robot.payments.provider import Checkout, Outcome, ProviderEvent
from parking_robot.payments.sandbox import HEADER, SandboxProvider
from parking_robot.payments.signature import sign
from parking_robot.stays.stay import EventKind
from parking_robot.stays.tables import webhook_events
from ronda_core.clock import ManualClock

NOW = 1_800_000_000.0
SECRET = "s3cret"


def euro(minor):
    return Money(minor, "EUR")


@pytest.fixture
def clock():
    return ManualClock(NOW)


@pytest.fixture
def provider(clock):
    sandbox = SandboxProvider(clock, SECRET)
    yield sandbox
    sandbox.close()


@pytest.fixture
def desk(ledger, provider, clock):
    return PaymentDesk(ledger, provider, clock)


@pytest.fixture
def stay(ledger):
    return ledger.enter("AB123", "in", datetime.fromtimestamp(NOW - 3600, UTC))


def paid(desk, provider, stay, amount=500, key="k1"):
    """Open a checkout and pay it; return the intent and the message that tells of it."""
    intent = desk.checkout(stay, euro(amount), key).intent
    provider.pay(intent)
    return intent, provider.messages(intent)[-1]


def deliver(desk, body, at=NOW, secret=SECRET):
    return desk.webhook(body, {HEADER: sign(body, secret, at)})


def received(ledger, stay):
    return ledger.stay(stay.id).received("EUR")


def test_a_payment_counts_when_its_message_comes(ledger, desk, provider, stay):
    _, body = paid(desk, provider, stay)
    assert received(ledger, stay) == euro(0)
    receipt = deliver(desk, body)
    assert (receipt.new, receipt.effect, received(ledger, stay)) == (True, "succeeded", euro(500))


def test_fifty_parallel_deliveries_have_one_effect(ledger, desk, provider, stay):
    _, body = paid(desk, provider, stay)
    with ThreadPoolExecutor(10) as pool:
        receipts = list(pool.map(lambda _: deliver(desk, body), range(50)))
    assert sum(receipt.new for receipt in receipts) == 1
    assert received(ledger, stay) == euro(500)


def test_repeated_and_unordered_messages_end_the_same(ledger, desk, provider, stay):
    intent, good = paid(desk, provider, stay)
    deliver(desk, good)
    desk.refund(intent, euro(200), "r1")
    messages = [good, provider.messages(intent)[-1], good, provider.messages(intent)[-1]]
    random.Random(3).shuffle(messages)
    for body in messages:
        deliver(desk, body)
    assert received(ledger, stay) == euro(300)


def test_a_refund_that_is_told_before_its_payment_is_counted_too(ledger, desk, provider, stay):
    intent, good = paid(desk, provider, stay)
    provider.refund(intent, euro(500), "r")
    deliver(desk, provider.messages(intent)[-1])
    deliver(desk, good)
    assert received(ledger, stay) == euro(0)


@pytest.mark.parametrize(("told_s", "recorded_s"), [(-60, -60), (60, 0), (-7200, -3600)])
def test_a_payment_was_made_between_the_entry_and_now(ledger, desk, provider, stay, told_s, recorded_s):
    _, body = paid(desk, provider, stay)
    deliver(desk, json.dumps(json.loads(body) | {"at": NOW + told_s}).encode())
    (payment,) = ledger.stay(stay.id).payments
    assert payment.at.timestamp() == NOW + recorded_s


def test_a_message_without_a_moment_was_made_now(ledger, desk, provider, stay):
    _, body = paid(desk, provider, stay)
    told = {name: value for name, value in json.loads(body).items() if name != "at"}
    deliver(desk, json.dumps(told).encode())
    assert ledger.stay(stay.id).payments[0].at.timestamp() == NOW


def test_a_price_is_looked_at_again_after_it_was_paid(ledger, desk, provider, stay, clock):
    _, body = paid(desk, provider, stay)
    clock.advance(60)
    desk.checkout(stay, euro(500), "k1")
    deliver(desk, body)
    (payment,) = ledger.stay(stay.id).payments
    assert (payment.at.timestamp(), payment.covers) == (NOW, None)


def test_names_as_long_as_stripes_fit_the_ledger(ledger, provider, stay, clock):
    class Long:
        """Names payments and messages as Stripe does: 66 and 28 characters."""

        name = "stripe"

        def checkout(self, *_):
            return Checkout(f"cs_live_{'a' * 58}", "https://checkout.stripe.com")

        def verify(self, body, *_):
            outcome = Outcome(body.decode())
            return ProviderEvent(f"evt_{outcome:_<24}", outcome, f"cs_live_{'a' * 58}", euro(500))

    desk = PaymentDesk(ledger, Long(), clock)
    desk.checkout(stay, euro(500), f"{stay.id}:500:0:0")
    for outcome in (Outcome.DECLINED, Outcome.SUCCEEDED, Outcome.REFUNDED):
        assert desk.webhook(outcome.value.encode(), {}).new
    assert [event.kind for event in ledger.events(stay.id)][1:] == ["payment_failed", "paid", "refunded"]


def test_what_is_new_is_judged_once_and_with_it_kept(ledger, desk, provider, stay):
    judged = []
    desk.judge_with(lambda event, found: judged.append((event.outcome, found.received("EUR").minor)))
    intent, body = paid(desk, provider, stay)
    with ThreadPoolExecutor(8) as pool:
        done = [pool.submit(desk.settle, intent) if n % 2 else pool.submit(deliver, desk, body) for n in range(16)]
    assert all(one.result() for one in done)
    assert judged == [("succeeded", 500)]


def test_a_wrong_signature_changes_nothing(ledger, desk, provider, stay):
    _, body = paid(desk, provider, stay)
    for attempt in (lambda: deliver(desk, body, secret="other"), lambda: deliver(desk, body, at=NOW - 86_400)):
        with pytest.raises(SignatureError):
            attempt()
    assert received(ledger, stay) == euro(0)


@pytest.mark.parametrize("change", [{"minor": 1}, {"currency": "USD"}, {"minor": -500}, {"intent": "pi_other"}])
def test_another_amount_currency_or_payment_changes_nothing(ledger, desk, provider, stay, change):
    _, body = paid(desk, provider, stay)
    with pytest.raises(PaymentError):
        deliver(desk, json.dumps(json.loads(body) | change).encode())
    assert received(ledger, stay) == euro(0)
    with ledger.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(webhook_events)).scalar() == 0
    assert deliver(desk, body).new


def test_an_event_id_with_another_content_is_refused(desk, provider, stay):
    _, body = paid(desk, provider, stay)
    deliver(desk, body)
    with pytest.raises(PaymentError, match="another content"):
        deliver(desk, json.dumps(json.loads(body) | {"reason": "x"}).encode())


def test_a_failed_payment_is_recorded_with_its_reason_and_can_be_tried_again(ledger, desk, provider, stay):
    intent = desk.checkout(stay, euro(500), "k").intent
    provider.pay(intent, good=False)
    deliver(desk, provider.messages(intent)[-1])
    provider.pay(intent)
    deliver(desk, provider.messages(intent)[-1])
    kinds = [event.kind for event in ledger.events(stay.id)]
    assert kinds == [EventKind.ENTERED, EventKind.PAYMENT_FAILED, EventKind.PAID]
    assert ledger.events(stay.id)[1].facts["reason"] == "the card was declined"


def test_a_message_that_never_came_is_asked_for_and_counts_once(ledger, desk, provider, stay):
    intent, body = paid(desk, provider, stay)
    desk.settle(intent)
    desk.settle(intent)
    deliver(desk, body)
    assert received(ledger, stay) == euro(500)


def test_the_same_key_opens_the_same_checkout_and_no_other_amount(desk, stay):
    first = desk.checkout(stay, euro(500), "k")
    assert desk.checkout(stay, euro(500), "k") == first
    with pytest.raises(PaymentError, match="another amount"):
        desk.checkout(stay, euro(600), "k")


def test_nothing_is_asked_for_nothing(desk, stay):
    with pytest.raises(PaymentError, match="nothing is due"):
        desk.checkout(stay, euro(0), "k")


def test_more_than_was_received_is_never_refunded(desk, provider, stay):
    intent, body = paid(desk, provider, stay)
    with pytest.raises(PaymentError, match="cannot be refunded"):
        desk.refund(intent, euro(500), "r")
    deliver(desk, body)
    with pytest.raises(PaymentError, match="cannot be refunded"):
        desk.refund(intent, euro(501), "r")


def test_a_page_that_a_restarted_provider_forgot_is_replaced(ledger, desk, stay, clock):
    old = desk.checkout(stay, euro(500), "k").intent
    for _ in range(2):
        started_again = SandboxProvider(clock, SECRET)
        try:
            desk = PaymentDesk(ledger, started_again, clock)
            new = desk.checkout(stay, euro(500), "k")
            assert new.intent != old
            assert desk.checkout(stay, euro(500), "k") == new
            old = new.intent
        finally:
            started_again.close()
    started_again.pay(old)
    deliver(desk, started_again.messages(old)[-1])
    assert received(ledger, stay) == euro(500)


def test_a_page_that_was_paid_is_never_replaced(ledger, desk, stay, provider):
    paid(desk, provider, stay, key="k")
    # The message was lost, and the provider has forgotten the key but not the payment, as Stripe does after a day.
    provider._by_key.clear()
    with pytest.raises(PaymentError, match="has been paid"):
        desk.checkout(stay, euro(500), "k")
    assert received(ledger, stay) == euro(500)
    # Now it is on record, and the provider has forgotten everything.
    provider._by_key.clear()
    provider._intents.clear()
    with pytest.raises(PaymentError, match="has been paid"):
        desk.checkout(stay, euro(500), "k")


def test_a_page_that_can_still_be_paid_is_not_replaced(desk, stay, provider):
    desk.checkout(stay, euro(500), "k")
    provider._by_key.clear()
    with pytest.raises(PaymentError, match="open already"):
        desk.checkout(stay, euro(500), "k")
