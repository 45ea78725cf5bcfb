# SPDX-License-Identifier: Apache-2.0
"""The desk: opens checkouts and turns providers' messages into events of the ledger, each exactly once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, literal, select, update

from parking_robot.errors import LedgerError, PaymentError
from parking_robot.money.money import Money
from parking_robot.payments.provider import Checkout, Outcome, PaymentProvider, ProviderEvent, UnknownPayment
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.stay import EventKind, Stay, StayEvent
from parking_robot.stays.store import from_us, to_us
from parking_robot.stays.tables import intents, stay_events, webhook_events
from ronda_core.clock import Clock

# So long after the price was shown a payment of it settles the stay, also where another block has begun meanwhile.
QUOTE_HOLDS = timedelta(minutes=10)
_KINDS = {
    Outcome.SUCCEEDED: EventKind.PAID,
    Outcome.REFUNDED: EventKind.REFUNDED,
    Outcome.FAILED: EventKind.PAYMENT_FAILED,
    Outcome.DECLINED: EventKind.PAYMENT_FAILED,
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a webhook did: ``new`` is False for a repeated message. ``stay`` is None when it concerns no stay."""

    effect: str
    new: bool
    stay: Stay | None
    event: ProviderEvent | None = None


class Misfit(PaymentError):
    """A provider's message tells of another amount or currency than ``asked`` for the stay."""

    def __init__(self, event: ProviderEvent, asked: Money, stay_id: str) -> None:
        super().__init__(f"{event.id} tells of {event.amount}, asked were {asked}", hint="review the payment by hand")
        self.event, self.asked, self.stay_id = event, asked, stay_id


class PaymentDesk:
    """One provider's desk. Safe to call from the threads of a web server."""

    def __init__(self, ledger: Ledger, provider: PaymentProvider, clock: Clock) -> None:
        self._ledger, self._provider, self._clock = ledger, provider, clock
        self._judge: Callable[[ProviderEvent, Stay], None] | None = None

    def judge_with(self, judge: Callable[[ProviderEvent, Stay], None]) -> None:
        """Call ``judge`` with what is new on record and the stay with it, however it was learnt.

        It is called within the transaction that records it: what it writes is kept with the money, or not at all.
        """
        self._judge = judge

    @property
    def provider(self) -> str:
        """The provider's name."""
        return self._provider.name

    def checkout(self, stay: Stay, due: Money, key: str) -> Checkout:
        """Return a page for what is due. Raises PaymentError when nothing is due or the provider refuses.

        A page of this key that the provider no longer knows is replaced; one that was paid is settled instead.
        """
        if due.minor <= 0:
            raise PaymentError("nothing is due for this stay", hint="drive to the exit")
        opened = self._provider.checkout(stay.id, due, key, f"Parking {stay.plate or stay.id[:6]}")
        free_key = self._free_key(key, opened.intent)
        with self._ledger.batch() as connection:
            known = connection.execute(select(intents).where(intents.c.id == opened.intent)).first()
            if known is None:
                values = {"id": opened.intent, "provider": self._provider.name, "stay_id": stay.id, "minor": due.minor}
                values |= {"currency": due.currency, "created_us": self._now_us(), "key": free_key}
                connection.execute(insert(intents).values(**values))
            elif (known.stay_id, known.minor, known.currency) != (stay.id, due.minor, due.currency):
                raise PaymentError(f"key '{key}' was used for another amount", hint="ask for a fresh quote")
            else:
                # The price has just been shown again: it holds from now on.
                again = update(intents).where(intents.c.id == opened.intent)
                connection.execute(again.values(created_us=self._now_us()))
        return opened

    def webhook(self, body: bytes, headers: Mapping[str, str]) -> Receipt:
        """Apply a webhook: message and effect in one transaction, so that neither is ever without the other.

        Raises SignatureError for a message that is not to be believed, PaymentError for one that does not fit.
        """
        event = self._provider.verify(body, headers, self._clock.now())
        digest = hashlib.sha256(body).hexdigest()
        # Most of what comes again comes later: one look-up answers it, without a transaction that fails.
        if (repeated := self._repeated(event, digest)) is not None:
            return repeated
        try:
            with self._ledger.batch() as connection:
                # First: of parallel deliveries only one gets past this line.
                connection.execute(
                    insert(webhook_events).values(
                        provider=self._provider.name,
                        event_id=event.id,
                        body_sha256=digest,
                        received_us=self._now_us(),
                        effect=event.outcome.value,
                    )
                )
                return Receipt(event.outcome.value, True, self._apply(event), event)
        except LedgerError:
            if (repeated := self._repeated(event, digest)) is not None:
                return repeated
            raise

    def settle(self, intent: str) -> Receipt:
        """Ask the provider about an intent whose message never came; what it answers counts as a message does."""
        event = self._provider.poll(intent)
        with self._ledger.batch():
            return Receipt(event.outcome.value, True, self._apply(event), event)

    def pending(self, since: datetime, stay_id: str = "") -> list[str]:
        """Return the intents (of one stay, or of all) opened since then of which no payment is on record."""
        paid = select(stay_events.c.key).where(stay_events.c.key == _paid_key(self._provider.name, intents.c.id))
        query = select(intents.c.id).where(
            intents.c.provider == self._provider.name, intents.c.created_us >= to_us(since), ~paid.exists()
        )
        if stay_id:
            query = query.where(intents.c.stay_id == stay_id)
        with self._ledger.reading() as connection:
            return [str(row.id) for row in connection.execute(query)]

    def refund(self, intent: str, amount: Money, key: str) -> None:
        """Pay back up to what was received. Raises PaymentError for more than that or an unknown intent."""
        with self._ledger.batch() as connection:
            row = self._intent(connection, intent)
            received = self._ledger.stay(row.stay_id).received(row.currency)
        if amount.minor <= 0 or received < amount:
            raise PaymentError(f"{amount} cannot be refunded, received are {received}", hint="choose a smaller amount")
        self._provider.refund(intent, amount, key)

    def _free_key(self, key: str, intent: str) -> str:
        """Return the key to keep an intent under: ``key``, or another where a former intent of it is gone.

        Providers forget keys: Stripe after a day, the sandbox when it is started again. Asked outside of a transaction.
        """
        free, number = key, 0
        while (former := self._intent_of_key(free)) not in (None, intent):
            self._require_gone(str(former))
            number += 1
            free = f"{key}:{number}"
        return free

    def _intent_of_key(self, key: str) -> str | None:
        with self._ledger.reading() as connection:
            row = connection.execute(select(intents.c.id).where(intents.c.key == key)).first()
        return str(row.id) if row else None

    def _require_gone(self, intent: str) -> None:
        """Raise PaymentError if an intent has been paid, which then counts, or can still be paid."""
        with self._ledger.reading() as connection:
            key = _paid_key(self._provider.name, intent)
            paid = connection.execute(select(stay_events.c.serial).where(stay_events.c.key == key)).first()
        if paid is not None:
            raise PaymentError("this has been paid", hint="open the page again")
        try:
            outcome = Outcome(self.settle(intent).effect)
        except UnknownPayment:
            return
        if outcome is Outcome.SUCCEEDED:
            raise PaymentError("this has been paid", hint="open the page again")
        if outcome is not Outcome.FAILED:
            raise PaymentError("a page for this payment is open already", hint="pay there, or press the help button")

    def _apply(self, event: ProviderEvent) -> Stay | None:
        kind = _KINDS.get(event.outcome)
        if kind is None:
            return None
        with self._ledger.batch() as connection:
            row = self._intent(connection, event.intent)
            if event.amount is not None:
                self._require_fit(event, kind, Money(row.minor, row.currency), str(row.stay_id))
            # In turn with other writers of this stay, as `Ledger.append`: what is new here, is new.
            self._ledger.lock(row.stay_id)
            stay = self._ledger.stay(row.stay_id)
            # A payment counts once per intent however it is told; each refund and failure is one of its own.
            key = f"{kind}:{self._provider.name}:{event.intent if kind is EventKind.PAID else event.id}"
            if self._ledger.knows(key):
                return stay
            stay = self._ledger.append(row.stay_id, self._told(event, kind, row, stay.entered), key)
            if self._judge is not None:
                self._judge(event, stay)
            return stay

    def _told(self, event: ProviderEvent, kind: EventKind, row: Any, entered: datetime) -> StayEvent:
        """Return what goes on record. It happened when the provider says, so that a late message costs nobody time.

        Never before the entry nor after now, since the provider's clock is another one.
        """
        now, quoted = datetime.fromtimestamp(self._clock.now(), UTC), from_us(row.created_us)
        at = min(now, max(event.at or now, entered))
        facts: dict[str, Any] = {"provider": self._provider.name, "intent": event.intent, "reason": event.reason}
        # Paid before the newest look at this price: it was the same price then, and the payment's own moment has it.
        if kind is EventKind.PAID and timedelta(0) <= at - quoted <= QUOTE_HOLDS:
            facts["covers"] = quoted.isoformat()
        if event.outcome is Outcome.DECLINED:
            facts["open"] = True
        if event.amount is not None:
            facts |= {"minor": event.amount.minor, "currency": event.amount.currency}
        return StayEvent(kind, at, facts)

    def _require_fit(self, event: ProviderEvent, kind: EventKind, asked: Money, stay_id: str) -> None:
        amount = event.amount
        fits = amount is not None and amount.currency == asked.currency
        if fits and amount is not None:
            fits = 0 < amount.minor <= asked.minor if kind is EventKind.REFUNDED else amount == asked
        if kind is not EventKind.PAYMENT_FAILED and not fits:
            raise Misfit(event, asked, stay_id)

    def _intent(self, connection: Any, intent: str) -> Any:
        row = connection.execute(select(intents).where(intents.c.id == intent)).first()
        if row is None:
            raise PaymentError(f"unknown payment {intent}", hint="the message is for another garage, or came too early")
        return row

    def _repeated(self, event: ProviderEvent, digest: str) -> Receipt | None:
        with self._ledger.reading() as connection:
            row = connection.execute(
                select(webhook_events).where(
                    webhook_events.c.provider == self._provider.name, webhook_events.c.event_id == event.id
                )
            ).first()
        if row is None:
            return None
        if row.body_sha256 != digest:
            raise PaymentError(f"event {event.id} came again with another content", hint="review the provider's log")
        return Receipt(row.effect, False, None)

    def _now_us(self) -> int:
        return int(self._clock.now() * 1_000_000)


def _paid_key(provider: str, intent: Any) -> Any:
    """Return the key of a payment's event as an expression over an intent or a column of them."""
    return literal(f"{EventKind.PAID}:{provider}:").concat(intent)
