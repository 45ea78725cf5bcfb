# SPDX-License-Identifier: Apache-2.0
"""Permits asked anew for a stay on record: its plate was misread at the entry and is known better now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from parking_robot.plates.alphabet import fold
from parking_robot.stays.access import ListEntry, ListKind, right_of
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.stay import Stay

FREE_KINDS = (ListKind.ALLOW, ListKind.PERMIT)


def find_right(ledger: Ledger, lists: Sequence[ListEntry], stay: Stay, plate: str, at: datetime) -> ListEntry | None:
    """Return the right by which the car ``plate`` of this stay need not pay, up to ``at``; None: none.

    It must have held at the entry, and other cars must have left it a place all the time since.
    """
    if not plate:
        return None
    rights = (right_of(plate, kind, stay.entered, lists) for kind in FREE_KINDS)
    return next((right for right in rights if right is not None and _has_place(ledger, right, stay, plate, at)), None)


def with_right(stay: Stay, right: ListEntry) -> Stay:
    """Return the stay as it is with the right, for a price that is not recorded yet."""
    return replace(stay, free=True, free_until=right.end)


def right_facts(right: ListEntry | None) -> dict[str, Any]:
    """Return what an event of the stay records of a right; None: that there is none."""
    until = right.end.isoformat() if right is not None and right.end is not None else None
    told = f"{right.kind}: {right.reason}" if right is not None else ""
    return {"free": right is not None, "free_until": until, "right": told}


def _has_place(ledger: Ledger, right: ListEntry, stay: Stay, plate: str, at: datetime) -> bool:
    keys = {fold(own) for own in right.plates}
    others = [row for row in ledger.inside_between(keys, stay.entered, at) if row[0] != stay.id]
    # Places are taken at entries only, so that these are the moments to look at.
    moments = {stay.entered, *(entered for _, _, entered, _ in others if entered > stay.entered)}
    return all(
        right.taken(plate, [other for _, other, entered, left in others if _covers(moment, entered, left)])
        < right.places
        for moment in moments
    )


def _covers(moment: datetime, entered: datetime, left: datetime | None) -> bool:
    return entered <= moment and (left is None or moment < left)
