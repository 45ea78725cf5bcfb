# SPDX-License-Identifier: Apache-2.0
"""The cashier over a real ledger and the sandbox: whom it holds, what it counts, what it pays back."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert
from tests.parking_robot.gates.garages import NOW, site
from tests.parking_robot.money.tariffs import content

from parking_robot.errors import LedgerError, PaymentError, TariffError
from parking_robot.gates.keeper import RISK_HOLD
from parking_robot.money.money import Money
from parking_robot.payments.cashier import Cashier, HeldPayment
from parking_robot.payments.desk import PaymentDesk
from parking_robot.payments.provider import ProviderAway
from parking_robot.payments.qr import Scope
from parking_robot.payments.risk import DEFAULT_RULES
from parking_robot.payments.risk_facts import count_facts
from parking_robot.payments.sandbox import HEADER, SandboxProvider
from parking_robot.payments.signature import sign
from parking_robot.payments.tries import TooManyTries
from parking_robot.reports import takings_by_day
from parking_robot.stays.reviews import list_reviews
from parking_robot.stays.stay import EventKind, StayEvent
from parking_robot.stays.tables import intents
from ronda_core.clock import ManualClock

AT = datetime.fromtimestamp(NOW, UTC)
SECRET = "s" * 40


class Till:
    """A cashier, its provider and its clock, over one ledger. Half an hour costs 1.20 EUR."""

    def __init__(self, folder, ledger):
        self.clock, self.ledger = ManualClock(NOW), ledger
        plan = content(validations={"CAFE": {"amount": 1.0}, "SHOP": {"percent": 10}})
        self.provider = SandboxProvider(self.clock, SECRET)
        self.desk = PaymentDesk(ledger, self.provider, self.clock)
        self.site = site(folder, tariff=plan, help="Press the button.")
        self.cashier = Cashier(ledger, self.site, self.desk, self.clock, DEFAULT_RULES)

    def stay(self, minutes, plate="AB123"):
        return self.ledger.enter(plate, "in", AT - timedelta(minutes=minutes))

    def due(self, stay):
        return str(self.cashier.offer(stay.id).quote.due)

    def tell(self, intent):
        """Deliver the newest message of a payment, signed now as providers sign each delivery anew."""
        body = self.provider.messages(intent)[-1]
        return self.cashier.webhook(body, {HEADER: sign(body, SECRET, self.clock.now())})

    def pay(self, stay, how, device="phone"):
        """Pay what is due now and let the garage learn it in one of two ways; return the intent."""
        intent = self.cashier.checkout(stay.id, device).intent
        self.provider.pay(intent)
        self.learn(stay, intent, how)
        return intent

    def learn(self, stay, intent, how):
        if how == "message":
            self.tell(intent)
        else:
            self.cashier.settle(stay.id)

    def cases(self, stay):
        return [(case.kind, *case.facts["reasons"]) for case in list_reviews(self.ledger, stay_id=stay.id)]


@pytest.fixture
def till(tmp_path, ledger):
    made = Till(tmp_path, ledger)
    yield made
    made.provider.close()


both_ways = pytest.mark.parametrize("how", ["message", "asking"])


def replay(till, device):
    """Use the code of a stay that has ended, which costs a device the trust of the rules."""
    own = till.stay(60, "EVIL1")
    till.ledger.append(own.id, StayEvent(EventKind.EXITED, AT, {}))
    with pytest.raises(PaymentError, match="has ended"):
        till.cashier.checkout(own.id, device)


def test_who_only_knows_a_plate_is_refused_and_holds_no_other_car(till):
    victim = till.stay(60, "VICTIM1")
    replay(till, "evil")
    for device in ("evil", "evil"):
        with pytest.raises(HeldPayment) as caught:
            till.cashier.checkout(victim.id, device, Scope.FOOT)
    assert caught.value.hint == "Press the button."
    assert [kind for kind, *_ in till.cases(victim)] == ["risk"]
    # With the ticket itself it is the driver, whose car waits for a person.
    with pytest.raises(HeldPayment):
        till.cashier.checkout(victim.id, "evil")
    assert [kind for kind, *_ in till.cases(victim)] == ["risk", RISK_HOLD]


def test_many_devices_that_only_know_a_plate_make_one_case(till):
    victim = till.stay(60, "VICTIM1")
    for number in range(3):
        replay(till, f"evil{number}")
        with pytest.raises(HeldPayment):
            till.cashier.checkout(victim.id, f"evil{number}", Scope.FOOT)
    assert len(till.cases(victim)) == 1


def test_the_newest_look_at_a_price_counts(till):
    stay = till.stay(31)
    first = till.cashier.checkout(stay.id, "phone")
    till.clock.advance(28 * 60)
    assert till.cashier.checkout(stay.id, "phone") == first
    till.clock.advance(2 * 60)
    till.provider.pay(first.intent)
    till.tell(first.intent)
    assert till.due(stay) == "0.00 EUR"


@both_ways
def test_a_payment_that_is_learnt_late_counts_from_when_it_was_made(till, how):
    stay = till.stay(55)
    assert till.due(stay) == "2.40 EUR"
    intent = till.cashier.checkout(stay.id, "phone").intent
    till.clock.advance(60)
    till.provider.pay(intent)
    till.clock.advance(12 * 60)
    till.learn(stay, intent, how)
    (payment,) = till.ledger.stay(stay.id).payments
    assert (payment.at, payment.covers) == (AT + timedelta(minutes=1), AT)
    assert till.due(stay) == "0.00 EUR"


@both_ways
def test_money_counts_on_the_day_it_was_paid_and_a_stay_goes_on_with_what_was_recorded_since(till, how):
    stay = till.stay(55)
    intent = till.cashier.checkout(stay.id, "phone").intent
    till.provider.pay(intent)
    left = AT + timedelta(minutes=5)
    owed = {"billed_minor": 240, "unpaid_minor": 240, "currency": "EUR"}
    till.ledger.append(stay.id, StayEvent(EventKind.EXITED, left, owed))
    till.clock.advance(24 * 3600)
    if how == "message":
        till.tell(intent)
    else:
        till.desk.settle(intent)
    found = till.ledger.stay(stay.id)
    assert (found.left, found.unpaid, found.payments[0].at) == (left, Money(0, "EUR"), AT)
    assert list(takings_by_day(found.payments, till.site.tariff.zone)) == [AT.date()]


@both_ways
def test_a_stay_that_is_paid_twice_is_reviewed_however_it_is_learnt(till, how):
    stay = till.stay(55)
    tabs = [till.cashier.checkout(stay.id, "phone").intent]
    till.clock.advance(600)
    tabs.append(till.cashier.checkout(stay.id, "phone").intent)
    for intent in tabs:
        till.provider.pay(intent)
    for intent in tabs:
        till.learn(stay, intent, how)
    assert till.ledger.stay(stay.id).received("EUR") == Money(600, "EUR")
    assert till.cases(stay) == [("risk", "3.60 EUR more than the fee was paid: pay it back")]


@both_ways
def test_what_comes_after_the_car_has_left_is_judged_by_the_bill_of_then(till, how):
    stay = till.stay(55)
    second = till.cashier.checkout(stay.id, "other phone").intent
    till.clock.advance(600)
    till.pay(stay, "message")
    ended = {"billed_minor": 360, "unpaid_minor": 0, "currency": "EUR"}
    till.ledger.append(stay.id, StayEvent(EventKind.EXITED, till.cashier.now(), ended))
    till.clock.advance(3600)
    till.provider.pay(second)
    # Three hours later the same stay would have cost more than both.
    till.clock.advance(2 * 3600)
    if how == "message":
        till.tell(second)
    else:
        till.desk.settle(second)
    assert till.cases(stay) == [("risk", "2.40 EUR more than the fee was paid: pay it back")]


def test_a_finished_stay_shows_the_sum_on_record_whatever_it_would_cost_by_now(till):
    stay = till.stay(55)
    owed = {"billed_minor": 77, "unpaid_minor": 7, "currency": "EUR"}
    till.ledger.append(stay.id, StayEvent(EventKind.EXITED, till.cashier.now(), owed))
    quote = till.cashier.offer(stay.id).quote
    assert (str(quote.bill.total), str(quote.due)) == ("0.77 EUR", "0.07 EUR")


def test_a_stay_that_ended_without_a_bill_is_reckoned_at_its_end(till):
    stay = till.stay(55)
    tabs = [till.cashier.checkout(stay.id, "phone").intent]
    till.clock.advance(600)
    tabs.append(till.cashier.checkout(stay.id, "phone").intent)
    till.provider.pay(tabs[0])
    till.tell(tabs[0])
    till.ledger.append(stay.id, StayEvent(EventKind.EXITED, till.cashier.now(), {}))
    till.clock.advance(3 * 3600)
    till.provider.pay(tabs[1])
    till.tell(tabs[1])
    assert till.cases(stay) == [("risk", "3.60 EUR more than the fee was paid: pay it back")]


def test_a_payment_is_counted_and_judged_once_however_often_it_is_learnt(till):
    stay = till.stay(55)
    intent = till.pay(stay, "asking")
    till.tell(intent)
    till.desk.settle(intent)
    facts = count_facts(till.ledger, till.cashier.now(), "phone", "", "AB123", 0)
    assert facts["payments_of_plate_1h"] == 1


@both_ways
def test_a_payment_whose_judging_fails_is_not_half_on_record(till, monkeypatch, how):
    stay = till.stay(55)
    intent = till.cashier.checkout(stay.id, "phone").intent
    till.provider.pay(intent)

    def away(*_):
        raise LedgerError("away", hint="again")

    with monkeypatch.context() as broken:
        broken.setattr("parking_robot.payments.cashier.count_facts", away)
        with pytest.raises(LedgerError):
            till.tell(intent) if how == "message" else till.desk.settle(intent)
    assert till.ledger.stay(stay.id).payments == ()
    assert till.tell(intent).new
    assert till.ledger.stay(stay.id).received("EUR") == Money(240, "EUR")


def test_money_that_cannot_be_reckoned_is_taken_and_reviewed(till, monkeypatch):
    stay = till.stay(55)
    intent = till.cashier.checkout(stay.id, "phone").intent
    till.provider.pay(intent)

    def no_price(*_):
        raise TariffError("no version", hint="add one")

    with monkeypatch.context() as broken:
        broken.setattr("parking_robot.payments.cashier.quote_visit", no_price)
        till.tell(intent)
    assert till.ledger.stay(stay.id).received("EUR") == Money(240, "EUR")
    assert till.cases(stay) == [("risk", "whether too much was paid could not be reckoned: no version")]


class Idempotent:
    """Pays back as Stripe does: a key that comes again with other parameters is refused, the same moves nothing."""

    def __init__(self, provider):
        self._provider, self.asked, self.away_for = provider, {}, ""

    def __getattr__(self, name):
        return getattr(self._provider, name)

    def refund(self, intent, amount, key):
        if intent == self.away_for:
            raise ProviderAway("Stripe cannot be reached", hint="try again in a minute")
        if self.asked.setdefault(key, (intent, amount)) != (intent, amount):
            raise PaymentError("Stripe refused: this key was used for another request", hint="use another")


def paid_twice(till):
    """Return a stay that was paid for by two equal payments, the newest last, at a provider with Stripe's keys."""
    stay = till.stay(300)
    for intent in ("cs_1", "cs_2"):
        told = {"minor": 240, "currency": "EUR", "provider": "sandbox", "intent": intent}
        till.ledger.append(stay.id, StayEvent(EventKind.PAID, AT, told))
    known = Idempotent(till.provider)
    till.desk._provider = known
    with till.ledger.batch() as connection:
        for intent in ("cs_1", "cs_2"):
            values = {"id": intent, "provider": "sandbox", "stay_id": stay.id, "minor": 240, "currency": "EUR"}
            connection.execute(insert(intents).values(**values, created_us=0, key=intent))
    return stay, known


def test_two_equal_payments_are_both_paid_back(till):
    stay, provider = paid_twice(till)
    assert str(till.cashier.refund(stay.id, "4.80", "Mia", "all back")) == "4.80 EUR"
    assert [intent for intent, _ in provider.asked.values()] == ["cs_2", "cs_1"]
    # Repeated before any message came: the same keys, so that nothing moves twice.
    till.cashier.refund(stay.id, "4.80", "Mia", "all back")
    assert len(provider.asked) == 2
    assert max(map(len, provider.asked)) < 255


def test_a_refund_that_fails_halfway_says_what_was_paid_back_and_what_is_left(till):
    stay, provider = paid_twice(till)
    provider.away_for = "cs_1"
    with pytest.raises(PaymentError, match=r"cannot be reached; paid back already: 2\.40 EUR of cs_2") as caught:
        till.cashier.refund(stay.id, "4.00", "Mia", "most of it back")
    assert "ask for the rest of 1.60 EUR" in caught.value.hint
    provider.away_for = "cs_2"
    with pytest.raises(ProviderAway, match=r"^Stripe cannot be reached$"):
        till.cashier.refund(stay.id, "4.00", "Mia", "most of it back")


def wrong(till, stay, code, **who):
    with pytest.raises(TariffError):
        till.cashier.add_code(stay.id, code, **who)


def test_codes_that_are_guessed_are_stopped_for_some_minutes_also_right_ones(till):
    stay = till.stay(60)
    for number in range(5):
        wrong(till, stay, f"TRY{number}", device=f"phone{number}")
    for code in ("TRY9", "CAFE"):
        with pytest.raises(TooManyTries) as caught:
            till.cashier.add_code(stay.id, code, "another phone")
        assert caught.value.hint == "try again in 10 min"
    assert till.cases(stay) == [("risk", "more than 5 wrong merchants' codes within 10 minutes")]
    till.clock.advance(600)
    till.cashier.add_code(stay.id, "CAFE", "another phone")
    assert till.ledger.stay(stay.id).codes == ("CAFE",)


def test_one_phone_guesses_no_more_at_other_cars_and_who_knows_a_plate_stops_no_driver(till):
    victim, other = till.stay(60, "VICTIM1"), till.stay(60, "OTHER1")
    for number in range(5):
        wrong(till, victim, f"TRY{number}", device="evil", scope=Scope.FOOT)
    with pytest.raises(TooManyTries):
        till.cashier.add_code(other.id, "CAFE", "evil", Scope.FOOT)
    till.cashier.add_code(victim.id, "CAFE", "phone")
    till.cashier.add_code(victim.id, "CAFE", "phone")
    till.cashier.add_code(victim.id, "SHOP", "phone")
    assert till.ledger.stay(victim.id).codes == ("CAFE", "SHOP")


def test_plates_that_are_asked_for_from_one_address_are_counted_without_a_name(till):
    stay = till.stay(60, "RKO26")
    for number in range(19):
        assert till.cashier.find(f"SCAN{number}", f"new phone {number}", "192.0.2.7") is None
    assert till.cashier.find("RKO26", "new phone", "192.0.2.7").id == stay.id
    with pytest.raises(TooManyTries, match="too many plates") as caught:
        till.cashier.find("SCAN20", "newer phone", "192.0.2.7")
    assert caught.value.hint == "try again in 10 min"
    # The driver looks again, and other addresses look for themselves.
    assert till.cashier.find("RKO26", "new phone", "192.0.2.7").id == stay.id
    assert till.cashier.find("RKO26", "phone", "192.0.2.8").id == stay.id


@pytest.mark.parametrize("payer", ["x" * 70, "a\x00b", "ä" * 64])
@both_ways
def test_money_counts_whatever_the_provider_calls_the_payer(till, how, payer):
    stay = till.stay(55)
    intent = till.cashier.checkout(stay.id, "phone").intent
    till.provider.pay(intent, payer=payer)
    till.learn(stay, intent, how)
    assert str(till.ledger.stay(stay.id).received("EUR")) == "2.40 EUR"
