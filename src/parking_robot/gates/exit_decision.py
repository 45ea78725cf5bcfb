# SPDX-License-Identifier: Apache-2.0
"""Whether the exit opens for the car that stands before it, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parking_robot.money.quote import Quote
from parking_robot.stays.matching import Match, MatchKind


class Outage(StrEnum):
    """What a site does with the exit while the ledger is away: OPEN lets out and bills later, HOLD waits, ASK calls."""

    OPEN = "open"
    HOLD = "hold"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class ExitDecision:
    """``review`` puts the passage into the operator's queue; ``show_payment`` shows the QR code on the screen."""

    open: bool
    reason: str
    review: bool = False
    show_payment: bool = False


def decide_exit(match: Match, quote: Quote | None, free: bool, now: datetime) -> ExitDecision:
    """Return the decision for a matched car. ``quote`` is None where no car was matched; ``free`` means a permit."""
    if match.kind is MatchKind.NONE:
        return ExitDecision(False, f"{match.reason}: lost ticket or a person decides", review=True)
    if match.kind is MatchKind.REVIEW or quote is None:
        return ExitDecision(False, match.reason, review=True)
    if free:
        return ExitDecision(True, "permit", match.to_review)
    if quote.due.minor > 0:
        return ExitDecision(False, f"{quote.due} to pay", match.to_review, show_payment=True)
    if quote.paid_until is not None:
        return ExitDecision(
            True, f"paid, {int((quote.paid_until - now).total_seconds())} s of grace left", match.to_review
        )
    return ExitDecision(True, "nothing to pay", match.to_review)


def decide_without_ledger(policy: Outage) -> ExitDecision:
    """Return what happens at an exit while the ledger cannot be reached."""
    match policy:
        case Outage.OPEN:
            return ExitDecision(True, "the ledger is away: opened by policy, billed later", review=True)
        case Outage.HOLD:
            return ExitDecision(False, "the ledger is away: held by policy")
        case Outage.ASK:
            return ExitDecision(False, "the ledger is away: a person decides", review=True)
