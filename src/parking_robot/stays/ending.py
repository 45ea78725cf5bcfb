# SPDX-License-Identifier: Apache-2.0
"""How a stay ends: with its bill by the prices of that moment, and what it owes as a case for a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from parking_robot.errors import StayError
from parking_robot.money.tariff import Tariff
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.reviews import open_review
from parking_robot.stays.stay import EventKind, Stay, StayEvent, StayState, fold_events
from parking_robot.stays.visits import quote_visit


def end_stay(
    ledger: Ledger, tariff: Tariff, stay: Stay, end: StayEvent, key: str, case: str, why: str = "", gate: str = ""
) -> Stay:
    """Record the event that ends a stay, under ``key``, and a case ``unpaid_exit``, under ``case``, of what it owes.

    The event keeps the bill's total, so that nobody who edits prices later changes it. ``why`` goes into the case.
    Raises StayError when the event does not fit, TariffError where no version of the tariff holds.
    """
    with ledger.batch():
        offer = quote_visit(tariff, stay, end.at, ledger)
        facts = {**end.facts, "unpaid_minor": offer.due.minor, "billed_minor": offer.bill.total.minor}
        facts |= {"currency": tariff.currency, "tariff_versions": offer.bill.versions, "tariff_hash": tariff.digest}
        ended = ledger.append(stay.id, replace(end, facts=facts), key)
        if offer.due.minor > 0:
            reason = f"{stay.plate or 'an unread car'} left with {offer.due} unpaid ({why})"
            open_review(ledger, "unpaid_exit", end.at, case, stay.id, [reason], gate=gate, plate=stay.plate)
        return ended


def close_stay(ledger: Ledger, tariff: Tariff, stay_id: str, by: str, reason: str, at: datetime, now: datetime) -> Stay:
    """End the stay of a car that is gone, at ``at``, in a person's name; its space is free then.

    Raises StayError for a missing name or reason, an unknown or ended stay, and a time before the entry or in the
    future.
    """
    if not by.strip() or not reason.strip():
        raise StayError("to end a stay, a name and a reason are needed", hint="--by NAME --reason TEXT")
    with ledger.batch():
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
        case = f"{stay_id}:{len(events)}:unpaid_exit"
        return end_stay(ledger, tariff, stay, end, "", case, f"{by}: {reason}")
