# SPDX-License-Identifier: Apache-2.0
"""What a stay costs now as a part of its visit: what one shortly before it used up, permits, lost tickets, alarms."""

from __future__ import annotations

from datetime import datetime, timedelta

from parking_robot.money.bill import Bill, Carry
from parking_robot.money.fee import NO_CARRY, Concessions, bill_lost_ticket, bill_stay
from parking_robot.money.money import Money
from parking_robot.money.pauses import Pauses
from parking_robot.money.quote import Quote, quote
from parking_robot.money.tariff import Tariff
from parking_robot.stays.alarms import alarm_pauses
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.stay import Stay, StayState

# So many short absences in a row are followed back; nobody comes and goes more often within one visit.
LONGEST_CHAIN = 100


def previous_of(ledger: Ledger, tariff: Tariff, plate: str, at: datetime) -> str:
    """Return the stay that an entry at ``at`` goes on from (``reentry_minutes`` of the tariff); empty: none."""
    minutes = tariff.at(at).reentry_minutes
    return ledger.last_left(plate, at - timedelta(minutes=minutes)) if plate and minutes else ""


def quote_visit(tariff: Tariff, stay: Stay, now: datetime, ledger: Ledger) -> Quote:
    """Return what is due for a stay of this ledger at ``now``. The time of a fire alarm is not counted.

    Raises StayError where ``now`` lies before the entry, TariffError where no version holds.
    """
    if stay.free and (stay.free_until is None or now < stay.free_until):
        return Quote(Bill((), Money(0, tariff.currency), NO_CARRY), Money(0, tariff.currency), now, None)
    if stay.lost:
        bill = bill_lost_ticket(tariff, stay.entered)
        due = max(Money(0, tariff.currency), bill.total - stay.received(tariff.currency))
        return Quote(bill, due, now, None)
    pauses = alarm_pauses(ledger, now)
    carry = _carry(tariff, stay, ledger, pauses)
    return quote(tariff, _charged_from(stay), now, stay.payments, _concessions(tariff, stay, carry), carry, pauses)


def _carry(tariff: Tariff, stay: Stay, ledger: Ledger, pauses: Pauses) -> Carry:
    earlier: list[Stay] = []
    cursor = stay.previous
    while cursor and len(earlier) < LONGEST_CHAIN:
        earlier.append(ledger.stay(cursor))
        cursor = earlier[-1].previous
    carry = NO_CARRY
    for before in reversed(earlier):
        # What a permit without an end covered is no part of the visit, as what lies before the end of another is none.
        for_nothing = before.free and before.free_until is None
        counted = before.state is StayState.LEFT and not before.lost and not for_nothing
        start = _charged_from(before)
        if counted and before.left is not None and start <= before.left:
            carry = bill_stay(tariff, start, before.left, _concessions(tariff, before, carry), carry, pauses).carry
    return carry


def _charged_from(stay: Stay) -> datetime:
    """Return when charged time begins: a permit that has run out covers what lies before its end."""
    if stay.free and stay.free_until is not None:
        return max(stay.entered, stay.free_until)
    return stay.entered


def _concessions(tariff: Tariff, stay: Stay, carry: Carry) -> Concessions:
    began = carry.parts[0][0] if carry.parts else _charged_from(stay)
    # A class without a discount is one of the bays only.
    known = stay.vehicle_class in tariff.at(began).class_percent
    return Concessions(stay.vehicle_class if known else "", stay.codes, recorded=True)
