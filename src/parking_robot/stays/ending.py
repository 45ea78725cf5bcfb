# SPDX-License-Identifier: Apache-2.0
"""How a stay ends: with its bill by the prices of that moment, and what it owes as a case for a person."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from parking_robot.errors import StayError, TariffError
from parking_robot.money.bill import Bill
from parking_robot.money.fee import NO_CARRY
from parking_robot.money.money import Money
from parking_robot.money.quote import Quote
from parking_robot.money.tariff import Tariff
from parking_robot.stays.cases import OVERTAKEN, list_reviews, open_review, record_verdict
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.stay import EventKind, Stay, StayEvent, StayState, apply, fold_events
from parking_robot.stays.visits import quote_visit

UNPAID_EXIT = "unpaid_exit"


def end_stay(
    ledger: Ledger, tariff: Tariff, stay: Stay, end: StayEvent, key: str, case: str, why: str = "", gate: str = ""
) -> Stay:
    """Record the event that ends a stay, under ``key``, and a case ``unpaid_exit``, under ``case``, of what it owes.

    The event keeps the bill's total, so that nobody who edits prices later changes it. ``why`` goes into the case.
    ``stay`` is read again: what was paid since the caller read it counts. Raises StayError when the event does not
    fit, TariffError where no version of the tariff holds.
    """
    with ledger.batch():
        # A payment that is under way comes before the bill or after the exit, never between them.
        ledger.lock(stay.id)
        stay = ledger.stay(stay.id)
        offer = quote_visit(tariff, stay, end.at, ledger)
        ended = ledger.append(stay.id, replace(end, facts={**end.facts, **_bill_facts(tariff, offer)}), key)
        _open_case(ledger, stay, offer, end.at, case, why, gate)
        return ended


def bill_anew(ledger: Ledger, tariff: Tariff, stay: Stay, corrected: StayEvent, case: str, why: str) -> Stay:
    """Record a correction of an ended stay together with what it cost at its end by what is known now.

    What it owes by that is a new case, under ``case``, and so is what was paid too much. Call it with the stay locked.
    Raises TariffError.
    """
    left = stay.left
    if left is None:
        raise StayError(f"stay {stay.id} has not ended", hint="its bill is reckoned when it ends")
    known = apply(stay.id, stay, corrected)
    # What was paid by then fixes the price; what came later pays for it.
    offer = quote_visit(tariff, known.as_paid_by(left), left, ledger)
    # What was given back since the exit was given back by a person: it makes no debt.
    later = sum(max(0, payment.amount.minor) for payment in known.payments if payment.at > left)
    offer = replace(offer, due=Money(max(0, offer.due.minor - later), tariff.currency))
    facts = {**corrected.facts, **_bill_facts(tariff, offer)}
    billed = ledger.append(stay.id, replace(corrected, facts=facts))
    _open_case(ledger, known, offer, corrected.at, case, why, "")
    over = billed.received(tariff.currency) - offer.bill.total
    if over.minor > 0:
        reason = f"{known.plate or 'an unread car'}: {over} more than the fee was paid: pay it back"
        open_review(ledger, "risk", corrected.at, f"{case}:surplus", stay.id, [reason], plate=known.plate)
    return billed


def overtake_debts(ledger: Ledger, stay_id: str, by: str, at: datetime, note: str, but: int) -> None:
    """Close the open cases of what a stay owed at an end that was not its own or was billed wrongly, but one."""
    for case in list_reviews(ledger, stay_id=stay_id):
        if case.kind == UNPAID_EXIT and case.number != but:
            record_verdict(ledger, case.number, OVERTAKEN, by, at, note)


def quote_at_end(ledger: Ledger, tariff: Tariff, stay: Stay) -> Quote:
    """Return what an ended stay cost and what of it is unpaid, as it is on record, however prices were edited since.

    The record has the sum alone: the bill has its lines where the tariff still comes to this sum, else none. A stay
    whose record tells no sum is reckoned by the tariff. Raises StayError for a stay that has not ended; TariffError.
    """
    if stay.left is None:
        raise StayError(f"stay {stay.id} has not ended", hint="its price is that of now")
    if stay.billed is None or stay.unpaid is None:
        return quote_visit(tariff, stay, stay.left, ledger)
    bill = Bill((), stay.billed, NO_CARRY)
    # A version that held then may have been taken out of the file since.
    with suppress(TariffError):
        now = quote_visit(tariff, stay, stay.left, ledger).bill
        bill = now if now.total == stay.billed else bill
    return Quote(bill, stay.unpaid, stay.left, None)


def close_stay(ledger: Ledger, tariff: Tariff, stay_id: str, by: str, reason: str, at: datetime, now: datetime) -> Stay:
    """End the stay of a car that is gone, at ``at``, in a person's name; its space is free then.

    Raises StayError for a missing name or reason, an unknown or ended stay, and a time before the entry or in the
    future.
    """
    if not by.strip() or not reason.strip():
        raise StayError("to end a stay, a name and a reason are needed", hint="--by NAME --reason TEXT")
    with ledger.batch():
        ledger.lock(stay_id)
        events = ledger.events(stay_id)
        if not events:
            raise StayError(f"there is no stay '{stay_id}'", hint="copy its number from: ronda parking inside")
        stay = fold_events(stay_id, events)
        if stay.state is not StayState.INSIDE:
            raise StayError(
                f"stay {stay_id} has ended at {stay.left:%Y-%m-%d %H:%M} UTC ({stay.state})",
                hint="an end is never changed; if another car had left: ronda parking reviews decide N other-car",
            )
        if not stay.entered <= at <= now:
            raise StayError(
                f"stay {stay_id} cannot end at {at:%Y-%m-%d %H:%M} UTC: "
                f"it began at {stay.entered:%Y-%m-%d %H:%M} UTC and no end lies in the future",
                hint="give --at a time between, or leave it out: now",
            )
        end = StayEvent(EventKind.CLOSED_BY_OPERATOR, at, {"by": by, "reason": reason})
        # A stay that was opened again can be closed again: another case.
        case = f"{stay_id}:{len(events)}:{UNPAID_EXIT}"
        return end_stay(ledger, tariff, stay, end, "", case, f"{by}: {reason}")


def _bill_facts(tariff: Tariff, offer: Quote) -> dict[str, Any]:
    facts = {"unpaid_minor": offer.due.minor, "billed_minor": offer.bill.total.minor, "currency": tariff.currency}
    return {**facts, "tariff_versions": offer.bill.versions, "tariff_hash": tariff.digest}


def _open_case(ledger: Ledger, stay: Stay, offer: Quote, at: datetime, key: str, why: str, gate: str) -> None:
    if offer.due.minor > 0:
        reason = f"{stay.plate or 'an unread car'} left with {offer.due} unpaid ({why})"
        open_review(ledger, UNPAID_EXIT, at, key, stay.id, [reason], gate=gate, plate=stay.plate)
