# SPDX-License-Identifier: Apache-2.0
"""What is due now: the fee so far less what was paid, with the time that a payment leaves for driving out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from parking_robot.money.bill import Bill, Carry
from parking_robot.money.fee import NO_CARRY, NO_CONCESSIONS, Concessions, bill_stay
from parking_robot.money.money import Money, total
from parking_robot.money.pauses import NO_PAUSES, Pauses
from parking_robot.money.tariff import Tariff


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment that counts (refunds are negative) and when it was made.

    ``covers``: the moment whose price was asked for, where the driver paid soon after; None: the payment's own.
    """

    amount: Money
    at: datetime
    covers: datetime | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """``due`` is what must be paid at ``at``; ``paid_until`` is set while an earlier payment still opens the exit.

    ``bill`` is then the one that was paid: the time for driving out costs nothing.
    """

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
    pauses: Pauses = NO_PAUSES,
) -> Quote:
    """Return what is due at ``now``: nothing within the exit grace after a payment that settled the stay.

    ``pauses`` count neither for the fee nor for the grace.
    """
    received = total([payment.amount for payment in paid], tariff.currency)
    nothing = Money(0, tariff.currency)
    last = max((payment for payment in paid if payment.amount.minor > 0), key=lambda payment: payment.at, default=None)
    if last is not None and last.at <= now:
        until = pauses.after(last.at, timedelta(minutes=tariff.at(last.at).exit_grace_minutes))
        covered = max(entry, last.covers or last.at)
        if now <= until:
            paid_for = bill_stay(tariff, entry, covered, concessions, carry, pauses)
            if paid_for.total <= received:
                return Quote(paid_for, nothing, now, until)
    bill = bill_stay(tariff, entry, now, concessions, carry, pauses)
    return Quote(bill, max(nothing, bill.total - received), now, None)
