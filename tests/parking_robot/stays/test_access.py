# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta

import pytest

from parking_robot.stays.access import ListEntry, ListKind, PassBack, class_of, decide_entry

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def entry(kind, *plates, places=1, start=NOW - DAY, end=NOW + DAY):
    return ListEntry(kind, plates, "because", start, end, places)


def decide(plate, *lists, inside=(), full=False, pass_back=PassBack.HARD):
    return decide_entry(plate, NOW, lists, inside, full, pass_back)


def test_a_visitor_comes_in_and_pays():
    assert (decide("AB123").open, decide("AB123").free) == (True, False)


def test_a_blocked_plate_stays_out_even_with_a_permit():
    decision = decide("AB123", entry(ListKind.PERMIT, "AB123"), entry(ListKind.BLOCK, "AB123"))
    assert not decision.open
    assert decision.alarm


def test_a_plate_that_only_looks_blocked_comes_in_with_an_alarm():
    decision = decide("A8123", entry(ListKind.BLOCK, "AB123"))
    assert decision.open
    assert "looks like a blocked plate" in decision.alarm


@pytest.mark.parametrize(("pass_back", "opens"), [(PassBack.HARD, False), (PassBack.SOFT, True)])
def test_a_plate_that_is_inside_does_not_come_in_twice(pass_back, opens):
    decision = decide("AB123", inside=["AB123"], pass_back=pass_back)
    assert (decision.open, bool(decision.alarm)) == (opens, True)


@pytest.mark.parametrize(
    ("kind", "free"), [(ListKind.ALLOW, True), (ListKind.PERMIT, True), (ListKind.RESERVATION, False)]
)
def test_a_right_holds_when_the_garage_is_full(kind, free):
    decision = decide("AB123", entry(kind, "AB123"), full=True)
    assert (decision.open, decision.free) == (True, free)
    assert not decide("XY999", entry(kind, "AB123"), full=True).open


@pytest.mark.parametrize(("start", "end"), [(NOW + DAY, None), (NOW - 2 * DAY, NOW)])
def test_a_right_holds_only_in_its_time(start, end):
    assert not decide("AB123", entry(ListKind.PERMIT, "AB123", start=start, end=end)).free


def test_a_shared_permit_has_as_many_places_as_it_says():
    permit = entry(ListKind.PERMIT, "A1", "A2", "A3", places=2)
    assert decide("A1", permit, inside=["A2"]).free
    over = decide("A1", permit, inside=["A2", "A3"])
    assert (over.open, over.free) == (True, False)
    assert "2 places" in over.alarm


@pytest.mark.parametrize("kind", [ListKind.PERMIT, ListKind.ALLOW, ListKind.RESERVATION])
def test_a_right_holds_for_a_look_alike_and_says_so_but_not_for_a_near_miss(kind):
    alike = decide("BRO2O01", entry(kind, "BRO2001"), full=True)
    assert alike.open
    assert "BRO2O01 looks like its plate" in alike.reason
    assert not decide("BRO2007", entry(kind, "BRO2001"), full=True).open


def test_the_exact_plate_comes_before_a_look_alike():
    own, other = entry(ListKind.PERMIT, "AO1"), ListEntry(ListKind.PERMIT, ("A01",), "other", NOW - DAY, NOW + 2 * DAY)
    assert decide("AO1", other, own).free_until == NOW + DAY
    assert decide("A01", own, other).free_until == NOW + 2 * DAY


def test_a_look_alike_takes_no_place_from_whose_plate_it_is():
    permit = entry(ListKind.PERMIT, "BDO12")
    assert decide("BDO12", permit, inside=["BOD12"]).free
    assert not decide("BOD12", permit, inside=["BDO12"]).free


def test_a_class_comes_from_any_right_and_its_look_alikes():
    electric = ListEntry(ListKind.RESERVATION, ("AB120",), "booked", NOW - DAY, vehicle_class="ev")
    plain = entry(ListKind.PERMIT, "AB120")
    assert class_of("AB12O", NOW, [plain, electric]) == "ev"
    assert class_of("AB120", NOW - 2 * DAY, [electric]) == class_of("", NOW, [electric]) == ""
