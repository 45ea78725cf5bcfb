# SPDX-License-Identifier: Apache-2.0
"""The cashier: what a driver with a phone may ask of the garage. Prices from the tariff, money through the desk,
misuse through the risk rules; whoever is held is given a person to call."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from parking_robot.errors import MoneyError, ParkingError, PaymentError, PlateError, StayError, TariffError
from parking_robot.gates.keeper import RISK_HOLD
from parking_robot.gates.site import Site
from parking_robot.money.money import Money
from parking_robot.money.quote import Quote
from parking_robot.payments.desk import Misfit, PaymentDesk, Receipt
from parking_robot.payments.provider import EXPIRED, Checkout, Outcome, ProviderEvent, UnknownPayment, is_decline
from parking_robot.payments.qr import Scope
from parking_robot.payments.refunds import Part, share_refund
from parking_robot.payments.risk import Rule, Verdict, assess
from parking_robot.payments.risk_facts import Fact, FactKind, add_fact, count_facts, device_of
from parking_robot.payments.tries import TooManyTries, Tries
from parking_robot.plates.alphabet import normalise
from parking_robot.stays.ending import quote_at_end
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.reviews import ReviewVerdict, list_reviews, open_review
from parking_robot.stays.stay import EventKind, Stay, StayEvent, StayState, fold_events
from parking_robot.stays.visits import quote_visit
from ronda_core.clock import Clock

# So long payments of which no message came are asked about.
LOOK_BACK = timedelta(hours=2)
# Many phones may share an address, so it has more plates than one phone; codes are typed from a slip of paper.
PLATES_OF_ADDRESS, WRONG_CODES, TRIES_S = 20, 5, 600.0


@dataclass(frozen=True, slots=True)
class Offer:
    """A stay and what is due for it now. ``declined``: the last try to pay failed."""

    stay: Stay
    quote: Quote
    declined: bool


class HeldPayment(PaymentError):
    """The rules ask for a person before this payment. The driver is told whom to call."""


class Cashier:
    """Safe to call from the threads of a web server."""

    def __init__(self, ledger: Ledger, site: Site, desk: PaymentDesk, clock: Clock, rules: Sequence[Rule]) -> None:
        self.ledger, self.site = ledger, site
        self._desk, self._clock, self._rules = desk, clock, rules
        self._plates, self._codes = Tries(clock, PLATES_OF_ADDRESS, TRIES_S), Tries(clock, WRONG_CODES, TRIES_S)
        desk.judge_with(self._judge)

    def now(self) -> datetime:
        """Return the date."""
        return datetime.fromtimestamp(self._clock.now(), UTC)

    def offer(self, stay_id: str) -> Offer:
        """Return what is due; for a stay that has ended, what was due when it did."""
        events = self.ledger.events(stay_id)
        stay = fold_events(stay_id, events)
        tries = [event for event in events if event.kind in (EventKind.PAID, EventKind.PAYMENT_FAILED)]
        declined = bool(tries) and tries[-1].kind is EventKind.PAYMENT_FAILED
        declined = declined and tries[-1].facts.get("reason") != EXPIRED
        if stay.left is not None:
            return Offer(stay, quote_at_end(self.ledger, self.site.tariff, stay), declined)
        at = max(stay.entered, self.now())
        return Offer(stay, quote_visit(self.site.tariff, stay, at, self.ledger), declined)

    def device_of(self, stay_id: str) -> str:
        """Return the phone that opened the newest checkout of a stay; empty: none."""
        return device_of(self.ledger, stay_id)

    def checkout(self, stay_id: str, device: str, scope: Scope = Scope.TICKET) -> Checkout:
        """Open the provider's page for what is due. ``scope``: that of the link on whose page it was asked for.

        Raises HeldPayment where the rules want a person first, PaymentError when nothing is due or the stay has ended.
        A person who accepted a held payment of this stay has the last word: its later ones are not held.
        """
        offer, now = self.offer(stay_id), self.now()
        stay, due = offer.stay, offer.quote.due
        if stay.state is not StayState.INSIDE:
            add_fact(self.ledger, Fact(FactKind.REPLAYED, now, device, plate=stay.plate, stay_id=stay_id))
            raise PaymentError("this stay has ended: nothing can be paid for it", hint="scan the code on the screen")
        facts = count_facts(self.ledger, now, device, "", stay.plate, due.minor)
        judged = assess(facts, self._rules)
        if judged.verdict is Verdict.HOLD and not self._accepted(stay_id, now):
            # Who only knows a plate is not its driver: he is refused, and the car is not held for what he did.
            foot = scope is Scope.FOOT
            kind, key = ("risk", f"{stay_id}:risk:foot") if foot else (RISK_HOLD, f"{stay_id}:{RISK_HOLD}:{device}")
            open_review(self.ledger, kind, now, key, stay_id, judged.reasons)
            raise HeldPayment("this payment has to be looked at by a person", hint=self.site.help)
        if judged.verdict is Verdict.REVIEW:
            key = f"{stay_id}:risk:{device}:{len(stay.payments)}"
            open_review(self.ledger, "risk", now, key, stay_id, judged.reasons)
        # One checkout for one price of one stay: a second tap opens the same page. After a failure, another one.
        failures = (event for event in self.ledger.events(stay_id) if event.kind is EventKind.PAYMENT_FAILED)
        failed = {str(event.facts["intent"]) for event in failures if not event.facts.get("open")}
        opened = self._desk.checkout(stay, due, f"{stay_id}:{due.minor}:{len(stay.payments)}:{len(failed)}")
        add_fact(self.ledger, Fact(FactKind.CHECKOUT, now, device, plate=stay.plate, stay_id=stay_id))
        return opened

    def settle(self, stay_id: str) -> None:
        """Ask the provider about this stay's open payments, for a driver who comes back faster than the message."""
        for intent in self._desk.pending(self.now() - LOOK_BACK, stay_id):
            try:
                self._desk.settle(intent)
            except PaymentError:
                # The page shows what is due; the settler asks again.
                continue

    def webhook(self, body: bytes, headers: Mapping[str, str]) -> Receipt:
        """Apply a provider's message. Raises as `PaymentDesk.webhook`."""
        try:
            return self._desk.webhook(body, headers)
        except Misfit as error:
            self._count_misfit(error)
            raise

    def _judge(self, event: ProviderEvent, stay: Stay) -> None:
        """Count what is new on record and judge a payment."""
        now, device = self.now(), device_of(self.ledger, stay.id)
        if is_decline(event):
            add_fact(self.ledger, Fact(FactKind.DECLINED, now, device, event.payer, stay.plate, stay.id))
        elif event.outcome is Outcome.SUCCEEDED:
            self._judge_paid(stay, event, device, now)

    def _count_misfit(self, error: Misfit) -> None:
        event, stay = error.event, self.ledger.stay(error.stay_id)
        other = event.amount is not None and event.amount.currency != error.asked.currency
        kind = FactKind.WRONG_CURRENCY if other else FactKind.WRONG_AMOUNT
        device = device_of(self.ledger, stay.id)
        add_fact(self.ledger, Fact(kind, self.now(), device, event.payer, stay.plate, stay.id))

    def misfit(self, body: bytes, reason: str) -> None:
        """Keep a signed message that fits nothing, such as another amount or currency: a person looks at it."""
        key = f"misfit:{hashlib.sha256(body).hexdigest()}"
        open_review(
            self.ledger, "payment_misfit", self.now(), key, reasons=[reason], body=body.decode("utf-8", "replace")
        )

    def add_code(self, stay_id: str, code: str, device: str = "", scope: Scope = Scope.TICKET) -> None:
        """Take a merchant's code. Raises TariffError for one that this stay's tariff does not know.

        After a few wrong ones of this stay or this phone it raises TooManyTries, for right ones too.
        """
        stay, code = self.ledger.stay(stay_id), code.strip().upper()
        # By the link, too: who only knows the plate does not use up the tries of who has the ticket.
        names = [f"stay {stay_id} {scope}", *([f"phone {device}"] if device else [])]
        if wait_s := self._codes.spend(names, code):
            minutes = math.ceil(wait_s / 60)
            reason = f"more than {WRONG_CODES} wrong merchants' codes within {TRIES_S / 60:.0f} minutes"
            open_review(self.ledger, "risk", self.now(), f"{stay_id}:codes", stay_id, [reason])
            raise TooManyTries("too many codes that are not known here", hint=f"try again in {minutes} min")
        if code not in self.site.tariff.at(stay.entered).validations:
            raise TariffError("this code is not known here", hint="check the merchant's code")
        self._codes.give_back(names, code)
        added = StayEvent(EventKind.CONCESSION, self.now(), {"codes": [code]})
        self.ledger.append(stay_id, added, f"{stay_id}:code:{code}")

    def name_plate(self, stay_id: str, text: str) -> Stay:
        """Take the plate that a driver types whose car was not read at the entry. Raises PlateError, StayError."""
        stay, plate = self.ledger.stay(stay_id), normalise(text)
        if stay.plate:
            raise StayError("this stay has its plate already", hint="press the help button")
        if any(other == plate for _, other, _ in self.ledger.inside()):
            raise PlateError("this plate cannot be taken", hint="check it, or press the help button")
        now = self.now()
        with self.ledger.batch():
            named = StayEvent(EventKind.PLATE_CORRECTED, now, {"plate": plate, "by": "driver"})
            stay = self.ledger.append(stay_id, named, f"{stay_id}:named")
            reason = f"the driver of an unread car typed {plate}"
            open_review(self.ledger, "typed_plate", now, f"{stay_id}:typed_plate", stay_id, [reason], plate=plate)
        return stay

    def refund(self, stay_id: str, text: str, by: str, reason: str) -> Money:
        """Pay back "2.40" or "2.40 EUR" in a person's name and return it; it counts when the provider's message comes.

        Raises StayError for an unknown stay, MoneyError and PaymentError for what was not paid or cannot be paid back.
        """
        if not by.strip() or not reason.strip():
            raise PaymentError("a refund needs a name and a reason", hint="--by NAME --reason TEXT")
        number, _, currency = text.strip().partition(" ")
        amount = Money.parse(number, currency.strip().upper() or self.site.tariff.currency)
        self.ledger.stay(stay_id)
        parts = share_refund(self.ledger.events(stay_id), self._desk.provider, amount)
        told: dict[str, str | int] = {"verdict": "refund", "code": "refund", "by": by, "text": reason}
        told |= {"minor": amount.minor, "currency": amount.currency}
        # First: no money moves without a name on record.
        self.ledger.append(stay_id, StayEvent(EventKind.DECISION, self.now(), told))
        for place, part in enumerate(parts):
            # A command that is repeated before the provider's message came pays back nothing twice. The key names the
            # payment: two parts may be alike in everything else. The longest is far below Stripe's 255 characters.
            key = f"{stay_id}:refund:{part.intent}:{part.number}:{part.amount.minor}"
            try:
                self._desk.refund(part.intent, part.amount, key)
            except ParkingError as error:
                if not place and not isinstance(error, UnknownPayment):
                    raise
                raise _half_refunded(error, parts[:place], parts[place:]) from error
        return amount

    def find(self, text: str, device: str, address: str = "") -> Stay | None:
        """Return the stay of the one car inside of this plate, look-alikes included; None: none, or more than one.

        Raises HeldPayment for a device that asks for many plates, TooManyTries for an address (empty: not counted):
        a device that forgets its name is a new one each time.
        """
        plate, now = normalise(text), self.now()
        if address and (wait_s := self._plates.spend([address], plate)):
            hint = f"try again in {math.ceil(wait_s / 60)} min"
            raise TooManyTries("too many plates were asked for", hint=hint)
        add_fact(self.ledger, Fact(FactKind.LOOKED_UP, now, device, plate=plate))
        judged = assess(count_facts(self.ledger, now, device, "", "", 0), self._rules)
        if judged.verdict is not Verdict.ACCEPT:
            raise HeldPayment("too many plates were asked for", hint=self.site.help)
        found = self.ledger.find_car(plate)
        exact = [row for row in found if row[1] == plate]
        rows = exact or found
        return self.ledger.stay(rows[0][0]) if len(rows) == 1 else None

    def _accepted(self, stay_id: str, now: datetime) -> bool:
        """Return whether a person accepted a held payment of this stay; that it was let through goes on record."""
        cases = list_reviews(self.ledger, everything=True, stay_id=stay_id)
        accepted = [case for case in cases if case.kind == RISK_HOLD and case.verdict == ReviewVerdict.ACCEPT]
        if not accepted:
            return False
        case = accepted[-1]
        told = {"verdict": "accept", "code": RISK_HOLD, "by": case.decided_by, "review": case.number}
        self.ledger.append(stay_id, StayEvent(EventKind.DECISION, now, told), f"{stay_id}:{RISK_HOLD}:{case.number}")
        return True

    def _judge_paid(self, stay: Stay, event: ProviderEvent, device: str, now: datetime) -> None:
        add_fact(self.ledger, Fact(FactKind.PAID, now, device, event.payer, stay.plate, stay.id))
        facts = count_facts(self.ledger, now, device, event.payer, stay.plate, 0)
        home = self.site.country
        facts["country_mismatch"] = float(bool(event.country and home and event.country != home))
        judged = assess(facts, self._rules)
        reasons = list(judged.reasons) if judged.verdict is not Verdict.ACCEPT else []
        reasons += self._surplus(stay, now)
        if reasons:
            # The money is there: the car goes, a person looks afterwards.
            open_review(self.ledger, "risk", now, f"paid:{self._desk.provider}:{event.intent}", stay.id, reasons)

    def _surplus(self, stay: Stay, now: datetime) -> list[str]:
        """Return by how much a stay is overpaid, as a reason; of one that has ended, by its bill of then."""
        try:
            at = max(stay.left or now, stay.entered)
            bill = stay.billed
            if bill is None:
                # By what had been paid then: a payment that settled the stay fixed its price.
                bill = quote_visit(self.site.tariff, stay.as_paid_by(at), at, self.ledger).bill.total
            over = stay.received(self.site.tariff.currency) - bill
        except (TariffError, StayError, MoneyError) as error:
            # The money is there and must get on record.
            return [f"whether too much was paid could not be reckoned: {error}"]
        return [f"{over} more than the fee was paid: pay it back"] if over.minor > 0 else []


def _half_refunded(error: ParkingError, done: Sequence[Part], left: Sequence[Part]) -> PaymentError:
    """Return what a refund that failed says: which payments were paid back before, and what is left to do."""
    text, hint = str(error), error.hint
    if isinstance(error, UnknownPayment):
        text += ": nothing is paid back of it"
        hint = "pay back by hand; the sandbox forgets its payments when its server is started again"
    if done:
        rest = Money(sum(part.amount.minor for part in left), left[0].amount.currency)
        text += f"; paid back already: {', '.join(f'{part.amount} of {part.intent}' for part in done)}"
        then = f"when the provider has told of what is paid back, ask for the rest of {rest}"
        hint = f"{hint}; {then}" if hint else then
    return PaymentError(text, hint=hint)
