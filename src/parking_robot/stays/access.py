# SPDX-License-Identifier: Apache-2.0
"""Who may come in and who need not pay: block and allow lists, permits, reservations; and nobody comes in twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parking_robot.plates.alphabet import fold
from parking_robot.reasons import Reason


class ListKind(StrEnum):
    BLOCK = "block"
    ALLOW = "allow"
    PERMIT = "permit"
    RESERVATION = "reservation"


class PassBack(StrEnum):
    """What happens to a plate that enters while it is inside: HARD keeps the gate shut, SOFT opens and alarms."""

    HARD = "hard"
    SOFT = "soft"


@dataclass(frozen=True, slots=True)
class ListEntry:
    """Plates (normalised) with a right or a ban in [start, end). ``places``: how many of them may be inside at once.

    ``vehicle_class`` of these cars: a key of the tariff's ``class_percent``, a kind of bay; empty: not known.
    """

    kind: ListKind
    plates: tuple[str, ...]
    reason: str
    start: datetime
    end: datetime | None = None
    places: int = 1
    vehicle_class: str = ""

    def holds(self, at: datetime) -> bool:
        return self.start <= at and (self.end is None or at < self.end)

    def names(self, plate: str) -> bool:
        """Return whether the plate, or one that looks like it, is on this entry."""
        return fold(plate) in {fold(own) for own in self.plates}

    def taken(self, plate: str, inside: Sequence[str]) -> int:
        """Return how many of the places the cars ``inside`` take from ``plate``.

        A car of the same reading takes none: it is the same one. Whose plate it is exactly loses no place to a
        look-alike either, which may be a misread entry of his own.
        """
        own = fold(plate) if plate in self.plates else None
        return sum(self.names(other) and other != plate and fold(other) != own for other in inside)


@dataclass(frozen=True, slots=True)
class EntryDecision:
    """``free`` cars pay nothing (until ``free_until``). ``alarm`` is for the operator; empty means none."""

    open: bool
    free: bool
    reason: str
    alarm: str = ""
    code: Reason = Reason.VISITOR
    free_until: datetime | None = None


_CODES = {
    ListKind.ALLOW: Reason.ALLOWED,
    ListKind.PERMIT: Reason.PERMIT,
    ListKind.RESERVATION: Reason.RESERVATION,
}


def ban_of(plate: str, at: datetime, lists: Sequence[ListEntry]) -> ListEntry | None:
    """Return the ban that holds for exactly this plate."""
    bans = (entry for entry in lists if entry.kind is ListKind.BLOCK and entry.holds(at))
    return next((entry for entry in bans if plate in entry.plates), None)


def right_of(plate: str, kind: ListKind, at: datetime, lists: Sequence[ListEntry]) -> ListEntry | None:
    """Return the entry of a kind that holds for the plate: for exactly this one, else for a look-alike. Never a ban's.

    A reader takes O for 0 in a tenant's plate; a wrong guess costs a fee, where with a ban it would accuse somebody.
    """
    rights = (entry for entry in lists if entry.kind is kind and entry.holds(at) and entry.names(plate))
    return max(rights, key=lambda entry: plate in entry.plates, default=None)


def class_of(plate: str, at: datetime, lists: Sequence[ListEntry]) -> str:
    """Return the vehicle's class as an entry with a right tells it; empty: none does."""
    rights = (right_of(plate, kind, at, lists) for kind in _CODES)
    return next((right.vehicle_class for right in rights if right is not None and right.vehicle_class), "")


def decide_entry(
    plate: str, at: datetime, lists: Sequence[ListEntry], inside: Sequence[str], full: bool, pass_back: PassBack
) -> EntryDecision:
    """Return whether the entry opens. ``inside`` are the plates of the cars in the garage.

    A ban counts for the exact plate; one that only looks alike raises an alarm and opens. A permit and a reservation
    count for look-alikes too. Order: ban, pass-back, permit, reservation, full.
    """
    if ban := ban_of(plate, at, lists):
        alarm = f"blocked plate {plate} at the entry"
        return EntryDecision(False, False, f"blocked: {ban.reason}", alarm, Reason.BANNED)
    valid = [entry for entry in lists if entry.holds(at)]
    bans = [entry for entry in valid if entry.kind is ListKind.BLOCK]
    key = fold(plate)
    alarm = ""
    if plate and any(fold(banned) == key for entry in bans for banned in entry.plates):
        alarm = f"{plate} looks like a blocked plate"
    if plate and plate in inside:
        alarm = f"{plate} is inside already: a false plate or a missed exit"
        if pass_back is PassBack.HARD:
            return EntryDecision(False, False, "the plate is inside already", alarm, Reason.PASS_BACK)
    for kind, code in _CODES.items():
        held = right_of(plate, kind, at, valid)
        if held is None:
            continue
        used = held.taken(plate, inside)
        if used < held.places:
            free = kind is not ListKind.RESERVATION
            told = f"{kind}: {held.reason}" + ("" if plate in held.plates else f" ({plate} looks like its plate)")
            return EntryDecision(True, free, told, alarm, code, held.end if free else None)
        alarm = alarm or f"{kind} '{held.reason}' has {held.places} places and {used} cars inside"
    if full:
        return EntryDecision(False, False, "the garage is full", alarm, Reason.FULL)
    code = Reason.VISITOR if plate else Reason.UNREAD
    return EntryDecision(True, False, "visitor" if plate else "the plate could not be read", alarm, code)
