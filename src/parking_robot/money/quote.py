# SPDX-License-Identifier: Apache-2.0
"""What is due now: the fee so far less what was paid, with the time that a payment leaves for driving out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from parking_robot.money.bill import Bill, Carry
from parking_robot.money.fee import NO_CARRY, NO_CONCESSIONS, Concessions, bill_stay
from parking_robot.money.money import Money, total
from parking_robot.money.tariff import Tariff


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment that counts (refunds are negative) and when it was made."""

    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class Quote:
    """``due`` is what must be paid at ``at``; ``paid_until`` is set while an earlier payment still opens the exit."""

    bill: Bill
    due: Money
    at: datetime
    paid_until: datetime | None


def quote(
    tariff: Tariff,
    entry: datetime,
    now: datetime,
    paid: Sequence[Paid] = (),
    concessions: Concessions = NO_CONCESSIONS,
    carry: Carry = NO_CARRY,
) -> Quote:
    """Return what is due at ``now``: nothing within the exit grace after a payment that settled the stay."""
    bill = bill_stay(tariff, entry, now, concessions, carry)
    received = total([payment.amount for payment in paid], tariff.currency)
    nothing = Money(0, tariff.currency)
    settled = max((payment.at for payment in paid if payment.amount.minor > 0), default=None)
    if settled is not None and settled <= now:
        until = settled + timedelta(minutes=tariff.at(settled).exit_grace_minutes)
        if now <= until and bill_stay(tariff, entry, settled, concessions, carry).total <= received:
            return Quote(bill, nothing, now, until)
    return Quote(bill, max(nothing, bill.total - received), now, None)
