# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta

import pytest

from parking_robot.stays.access import ListEntry, ListKind
from parking_robot.stays.rights import find_right, right_facts, with_right
from parking_robot.stays.stay import EventKind, StayEvent

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def permit(*plates, kind=ListKind.PERMIT, start=NOW - 9 * HOUR, end=None, places=1):
    return ListEntry(kind, plates, "tenant", start, end, places)


def leave(ledger, stay, at):
    ledger.append(stay.id, StayEvent(EventKind.EXITED, at, {}))


@pytest.mark.parametrize(("plate", "found"), [("BRO2001", True), ("BRO2O01", True), ("BRO2007", False), ("", False)])
def test_a_misread_tenant_is_found_by_plate_or_look_alike(ledger, plate, found):
    stay = ledger.enter("8RQ2OO7", "in", NOW - HOUR)
    assert (find_right(ledger, [permit("BRO2001")], stay, plate, NOW) is not None) == found


def test_it_must_have_held_at_the_entry_and_a_reservation_or_a_ban_frees_nobody(ledger):
    stay = ledger.enter("XX1", "in", NOW - HOUR)
    late = permit("AB123", start=NOW - HOUR / 2)
    others = [permit("AB123", kind=kind) for kind in (ListKind.RESERVATION, ListKind.BLOCK)]
    assert find_right(ledger, [late, *others], stay, "AB123", NOW) is None


def test_a_place_that_another_car_of_the_permit_had_meanwhile_is_taken(ledger):
    first = ledger.enter("A1", "in", NOW - 3 * HOUR)
    second = ledger.enter("XX9", "in", NOW - 2 * HOUR)
    shared = permit("A1", "A2", "A3")
    leave(ledger, first, NOW - HOUR)
    assert find_right(ledger, [shared], second, "A2", NOW) is None
    assert find_right(ledger, [permit("A1", "A2", places=2)], second, "A2", NOW) is not None


def test_cars_that_came_after_one_another_need_one_place(ledger):
    long = ledger.enter("XX9", "in", NOW - 5 * HOUR)
    for start in (4, 2):
        leave(ledger, ledger.enter("A1", "in", NOW - start * HOUR), NOW - (start - 1) * HOUR)
    assert find_right(ledger, [permit("A1", "A2", places=2)], long, "A2", NOW) is not None


def test_a_right_is_taken_over_and_recorded(ledger):
    stay, end = ledger.enter("XX9", "in", NOW - HOUR), NOW + HOUR
    right = permit("AB123", end=end)
    freed = ledger.append(stay.id, StayEvent(EventKind.CONCESSION, NOW, right_facts(right)))
    assert (freed.free, freed.free_until) == (True, end)
    assert with_right(stay, right) == freed
    assert right_facts(right)["right"] == "permit: tenant"
    taken = ledger.append(stay.id, StayEvent(EventKind.PLATE_CORRECTED, NOW, {"plate": "ZZ9", **right_facts(None)}))
    assert (taken.free, taken.free_until, taken.plate) == (False, None, "ZZ9")
