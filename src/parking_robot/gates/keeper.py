# SPDX-License-Identifier: Apache-2.0
"""The keeper decides on cars. What is recorded follows from the decision; it writes the claim of a space alone."""

from __future__ import annotations

from datetime import datetime, timedelta

from parking_robot.errors import LedgerError, ParkingError, TariffError
from parking_robot.gates.decision import Decision, Direction, Passage, Verdict
from parking_robot.gates.site import Outage, Site, Unread
from parking_robot.money.fee import bill_lost_ticket
from parking_robot.plates.alphabet import fold
from parking_robot.reasons import Reason
from parking_robot.stays.access import EntryDecision, ban_of, class_of, decide_entry
from parking_robot.stays.claims import claim_space
from parking_robot.stays.ledger import Ledger, new_stay_id
from parking_robot.stays.matching import Inside, Match, MatchKind, match_exit
from parking_robot.stays.reviews import list_reviews
from parking_robot.stays.rights import find_right, with_right
from parking_robot.stays.stay import Stay, StayState
from parking_robot.stays.visits import previous_of, quote_visit

# Two computers' clocks may differ by this much before an entry in the future is worth a person's look.
CLOCK_SLACK = timedelta(seconds=5)
RISK_HOLD = "risk_hold"


def decide(ledger: Ledger, site: Site, passage: Passage) -> Decision:
    """Return the decision on a car. Raises LedgerError while the ledger is away (then: `without_ledger`)."""
    try:
        if passage.direction is Direction.ENTRY:
            return _entry(ledger, site, passage)
        return _exit(ledger, site, passage)
    except TariffError as error:
        return Decision(Verdict.ASK, Reason.NO_TARIFF, str(error), review="tariff")
    except LedgerError:
        raise
    except ParkingError as error:
        # Such as a stay that a person picked and that is none: that is no outage, whose policy may open.
        return Decision(Verdict.ASK, Reason.NO_STAY, str(error), review="does_not_fit")


def without_ledger(site: Site, passage: Passage) -> Decision:
    """Return what the site's policy says while the ledger is away. Lists are local files: bans and permits hold."""
    entry = passage.direction is Direction.ENTRY
    if ban := ban_of(passage.plate, passage.at, site.lists.entries()):
        text = f"blocked: {ban.reason}"
        return Decision(Verdict.HOLD if entry else Verdict.ASK, Reason.BANNED, text, review="banned")
    permit = decide_entry(passage.plate, passage.at, site.lists.entries(), (), True, site.pass_back)
    policy = site.outage_entry if entry else site.outage_exit
    if policy is Outage.OPEN or permit.free:
        return Decision(
            Verdict.OPEN,
            Reason.LEDGER_AWAY,
            "the ledger is away: opened by the site's policy, recorded when it is back",
            stay_id=new_stay_id() if entry else "",
            review="outage",
            free=permit.free,
            free_until=permit.free_until,
            vehicle_class=class_of(passage.plate, passage.at, site.lists.entries()),
        )
    verdict = Verdict.HOLD if policy is Outage.HOLD else Verdict.ASK
    return Decision(verdict, Reason.LEDGER_AWAY, "the ledger is away: please wait, or press the help button")


def _entry(ledger: Ledger, site: Site, passage: Passage) -> Decision:
    plate, at = passage.plate, passage.at
    inside = ledger.inside()
    spaces = max(0, site.capacity - len(inside))
    if not plate and site.unread_entry is Unread.ASK:
        return Decision(Verdict.ASK, Reason.UNREAD, "the plate could not be read", spaces=spaces)
    plates = [other for _, other, _ in inside if other]
    lists, stay_id = site.lists.entries(), new_stay_id()
    access = decide_entry(plate, at, lists, plates, not spaces, site.pass_back)
    if access.open and not claim_space(ledger, passage.gate, stay_id, at, site.capacity):
        # Another entry was faster, or the garage was full and a permit opens nevertheless.
        access = decide_entry(plate, at, lists, plates, True, site.pass_back)
    if not access.open:
        review = "banned" if access.code is Reason.BANNED else "pass_back" if access.code is Reason.PASS_BACK else ""
        verdict = Verdict.ASK if access.code is Reason.PASS_BACK else Verdict.HOLD
        return Decision(verdict, access.code, access.reason, review=review, alarm=access.alarm, spaces=spaces)
    return Decision(
        Verdict.OPEN,
        Reason.TICKET if not plate else access.code,
        "the plate could not be read: scan the code" if not plate else access.reason,
        stay_id=stay_id,
        review=_review_of_entry(access, plate),
        alarm=access.alarm,
        free=access.free,
        free_until=access.free_until,
        previous=previous_of(ledger, site.tariff, plate, at),
        vehicle_class=class_of(plate, at, lists),
        spaces=spaces - 1 if spaces else 0,
    )


def _review_of_entry(access: EntryDecision, plate: str) -> str:
    if not plate:
        return "unread"
    return "alarm" if access.alarm else ""


def _exit(ledger: Ledger, site: Site, passage: Passage) -> Decision:
    plate, at = passage.plate, passage.at
    if ban := ban_of(plate, at, site.lists.entries()):
        return Decision(Verdict.ASK, Reason.BANNED, f"blocked: {ban.reason}", review="banned")
    cars = [Inside(*row) for row in ledger.inside()]
    if passage.stay_id:
        match = Match(MatchKind.EXACT, passage.stay_id, f"picked by {passage.by}")
    else:
        match = match_exit(plate, cars, at, passage.confidence, site.sure)
    candidates = tuple(car.plate or "(unread)" for car in match.candidates)
    if not match.stay_id:
        return _nobody(site, passage, cars, match, candidates)
    return _settled(ledger, site, passage, match, candidates)


def _nobody(site: Site, passage: Passage, cars: list[Inside], match: Match, candidates: tuple[str, ...]) -> Decision:
    key = fold(passage.plate)
    if passage.plate and any(fold(car.plate) == key and car.entered > passage.at for car in cars):
        text = f"{passage.plate} came in later than this gate's clock says: a clock is wrong"
        return Decision(Verdict.ASK, Reason.CLOCK, text, review="clock", candidates=candidates)
    if not passage.plate:
        return Decision(Verdict.ASK, Reason.UNREAD, match.reason, review="unread", candidates=candidates)
    # That an unread car might be this one ends where a person has confirmed the plate and picked no stay.
    if match.kind is MatchKind.REVIEW and not (passage.by and not any(car.plate for car in match.candidates)):
        return Decision(Verdict.ASK, Reason.AMBIGUOUS, match.reason, review="near_miss", candidates=candidates)
    if passage.by:
        # A person has confirmed the plate and nobody knows the entry: the flat price of a lost ticket.
        bill = bill_lost_ticket(site.tariff, passage.at)
        text = f"no entry known: {bill.total} to pay"
        return Decision(
            Verdict.HOLD, Reason.NO_STAY, text, stay_id=new_stay_id(), due=bill.total, review="no_stay",
            candidates=candidates, lost=True,
        )  # fmt: skip
    return Decision(Verdict.ASK, Reason.NO_STAY, match.reason, review="no_stay", candidates=candidates)


def _settled(ledger: Ledger, site: Site, passage: Passage, match: Match, candidates: tuple[str, ...]) -> Decision:
    stay, at = ledger.stay(match.stay_id), passage.at
    if stay.state is not StayState.INSIDE:
        return Decision(
            Verdict.ASK, Reason.NO_STAY, "this stay has ended already", review="two_exits", candidates=candidates
        )
    if at < stay.entered - CLOCK_SLACK:
        text = f"{stay.plate} came in later than this gate's clock says: a clock is wrong"
        return Decision(Verdict.ASK, Reason.CLOCK, text, stay.id, review="clock")
    return _by_quote(ledger, site, stay, passage.plate, match, candidates, max(at, stay.entered))


def _by_quote(
    ledger: Ledger, site: Site, stay: Stay, plate: str, match: Match, candidates: tuple[str, ...], at: datetime
) -> Decision:
    offer = quote_visit(site.tariff, stay, at, ledger)
    right = find_right(ledger, site.lists.entries(), stay, plate, at) if offer.due.minor > 0 else None
    if right is not None:
        # The entry had read another plate.
        stay = with_right(stay, right)
        offer = quote_visit(site.tariff, stay, at, ledger)
    review = "near_miss" if match.to_review else ""
    suffix = f" ({match.reason})" if match.to_review else ""
    if offer.due.minor > 0:
        if any(case.kind == RISK_HOLD for case in list_reviews(ledger, stay_id=stay.id)):
            return Decision(Verdict.ASK, Reason.PAYMENT_HELD, "a payment for this stay has to be looked at", stay.id)
        return Decision(
            Verdict.HOLD, Reason.UNPAID, f"{offer.due} to pay{suffix}", stay.id, offer.due, review,
            candidates=candidates, right=right,
        )  # fmt: skip
    if stay.free and (stay.free_until is None or at < stay.free_until):
        code = Reason.PERMIT
        text = "permit" if right is None else f"{right.kind}: {right.reason}, found by the plate at the exit"
    elif stay.received(site.tariff.currency).minor > 0:
        code, text = Reason.PAID, "paid"
        if offer.paid_until is not None:
            text += f", {int((offer.paid_until - at).total_seconds())} s of grace left"
    else:
        code, text = Reason.FREE, "nothing to pay"
    return Decision(Verdict.OPEN, code, text + suffix, stay.id, review=review, candidates=candidates, right=right)
