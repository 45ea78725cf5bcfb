# SPDX-License-Identifier: Apache-2.0
"""What a person should look at in the bays. A finding charges nobody and opens nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parking_robot.bays.bay import Bay, BayKind
from parking_robot.bays.bay_record import BayState
from parking_robot.bays.parked import NO_MATCH, Belonging, ParkedMatch, ParkedStay
from parking_robot.plates.alphabet import fold


class FindingKind(StrEnum):
    OVERSTAY = "overstay"
    NO_STAY = "no_stay"
    WRONG_BAY = "wrong_bay"
    BLOCKED_LANE = "blocked_lane"
    TWO_BAYS = "two_bays"


@dataclass(frozen=True, slots=True)
class FindingRules:
    """``sure``: least confidence of a plate that accuses somebody. ``blocked_s``: how long something may stand in a
    place to be kept clear. ``settle_s``: how long a plate must have stood in its bay."""

    sure: float = 0.5
    blocked_s: float = 20.0
    settle_s: float = 4.0


@dataclass(frozen=True, slots=True)
class SeenBay:
    """One bay as it is believed at a moment. ``standing_s`` is how long its state has lasted."""

    bay: Bay
    state: BayState
    confidence: float
    seen: float | None
    standing_s: float
    plate: str = ""
    plate_confidence: float = 0.0
    match: ParkedMatch = NO_MATCH

    @property
    def stay(self) -> ParkedStay | None:
        return self.match.stay


@dataclass(frozen=True, slots=True)
class Finding:
    """``text`` is one English sentence for the operator. ``began``: on the ledger's clock; None: not known."""

    kind: FindingKind
    bay_id: str
    plate: str
    stay_id: str
    text: str
    began: datetime | None = None

    @property
    def subject(self) -> str:
        """The same for the same car, as far as it is known, with the same finding in the same bay."""
        return f"{self.kind}:{self.bay_id}:{self.stay_id or fold(self.plate)}"

    @property
    def key(self) -> str:
        """The same while the finding lasts: it is reported once, and again when it has begun anew."""
        return f"{self.subject}:{self.began:%Y%m%d%H%M%S}" if self.began is not None else self.subject


def find(
    seen: Sequence[SeenBay], inside: Sequence[ParkedStay] | None, now: datetime, rules: FindingRules
) -> list[Finding]:
    """Return all findings at ``now`` (the ledger's clock). ``inside`` None: the ledger does not answer, so that nothing
    is said about stays."""
    found = []
    plates = Counter(fold(one.plate) for one in seen if one.plate and one.bay.kind is not BayKind.KEEP_CLEAR)
    for one in seen:
        if one.state is not BayState.OCCUPIED:
            continue
        if one.bay.kind is BayKind.KEEP_CLEAR:
            if one.standing_s >= rules.blocked_s:
                who = one.plate or "something"
                found.append(_finding(FindingKind.BLOCKED_LANE, one, f"{who} stands in {one.bay.id}"))
            continue
        if not one.plate or one.plate_confidence < rules.sure or one.standing_s < rules.settle_s:
            continue
        if plates[fold(one.plate)] > 1:
            found.append(_finding(FindingKind.TWO_BAYS, one, f"{one.plate} stands in {plates[fold(one.plate)]} bays"))
        if inside is not None:
            found += _of_stay(one, inside, now)
    return found


def _of_stay(one: SeenBay, inside: Sequence[ParkedStay], now: datetime) -> list[Finding]:
    found = []
    if one.match.kind is Belonging.NONE:
        unread = sum(not stay.plate for stay in inside)
        maybe = f"; {unread} car(s) came in unread, it may be one of them" if unread else ""
        text = f"{one.plate} stands in {one.bay.id} without a stay{maybe}"
        found.append(_finding(FindingKind.NO_STAY, one, text))
    stay, limit = one.stay, one.bay.longest_stay_s
    if stay is not None and limit is not None and (now - stay.entered).total_seconds() > limit:
        minutes = (now - stay.entered).total_seconds() / 60
        text = f"{one.plate} is in the garage for {minutes:.0f} minutes, {one.bay.id} allows {limit / 60:.0f}"
        found.append(_finding(FindingKind.OVERSTAY, one, text))
    if not _may_stand(one):
        text = f"{one.plate} stands in {one.bay.id}, a bay of the kind '{one.bay.kind}', without a right to"
        found.append(_finding(FindingKind.WRONG_BAY, one, text))
    return found


def _may_stand(one: SeenBay) -> bool:
    if one.bay.kind is BayKind.GENERAL:
        return True
    if one.match.kind is Belonging.UNSURE:
        return True
    plates = {one.plate} | ({one.stay.plate} if one.stay else set())
    if {fold(plate) for plate in plates} & {fold(plate) for plate in one.bay.allowed}:
        return True
    return one.bay.kind is not BayKind.RESERVED and one.stay is not None and one.stay.vehicle_class == one.bay.kind


def _finding(kind: FindingKind, one: SeenBay, text: str) -> Finding:
    return Finding(kind, one.bay.id, one.plate, one.stay.stay_id if one.stay else "", text)
