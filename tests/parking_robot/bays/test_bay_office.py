# SPDX-License-Identifier: Apache-2.0
"""The robot's desk: which findings become cases, with another robot and after a restart."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.parking_robot.bays.garage import NOW

from parking_robot.bays.bay_office import BayOffice
from parking_robot.bays.findings import Finding, FindingKind
from parking_robot.stays.cases import list_reviews
from parking_robot.stays.reviews import ReviewVerdict, decide_review
from ronda_core.clock import ManualClock


@pytest.fixture
def clock():
    return ManualClock(NOW.timestamp())


@pytest.fixture
def office(ledger, clock):
    return BayOffice(ledger, clock, "r1")


def blocked(clock, plate=""):
    began = datetime.fromtimestamp(clock.now(), UTC)
    return Finding(FindingKind.BLOCKED_LANE, "fire_lane", plate, "", f"{plate or 'something'} is there", began)


def test_the_next_car_in_a_lane_is_another_case_with_its_own_picture(ledger, clock, office):
    first = blocked(clock)
    assert office.file([first], {first.key: "one"}) == [first]
    assert office.file([first], {}) == office.file([], {}) == office.file([first], {}) == []
    for later, picture in ((timedelta(hours=1), "two"), (timedelta(days=3), "three")):
        clock.advance(later.total_seconds())
        again = blocked(clock)
        assert office.file([again], {again.key: picture}) == [again]
    assert [case.facts["picture"] for case in list_reviews(ledger)] == ["one", "two", "three"]


def test_two_robots_that_see_the_same_are_one_case_each_time(ledger, clock, office):
    other = BayOffice(ledger, clock, "r2")
    for filing, seeing in ((office, other), (other, office)):
        clock.advance(3600)
        filing.file([blocked(clock)], {})
        clock.advance(5)
        same = blocked(clock)
        assert seeing.file([same], {}) == seeing.file([same], {}) == []
    assert [case.facts["robot"] for case in list_reviews(ledger)] == ["r1", "r2"]


def test_a_restart_repeats_no_open_case_of_today(ledger, clock, office):
    office.file([blocked(clock)], {})
    clock.advance(60)
    assert BayOffice(ledger, clock, "r1").file([blocked(clock)], {}) == []
    other = blocked(clock, "AB123")
    assert BayOffice(ledger, clock, "r1").file([other], {}) == [other]
    for case in list_reviews(ledger):
        decide_review(ledger, case.number, ReviewVerdict.ACCEPT, "Mara", NOW)
    decided = blocked(clock)
    clock.advance(1)
    assert BayOffice(ledger, clock, "r1").file([decided], {}) == [decided], "it may be the next thing in the lane"
    known = blocked(clock, "AB123")
    assert BayOffice(ledger, clock, "r1").file([known], {}) == [], "the same car still stands there"
    clock.advance(86400)
    another_day = blocked(clock)
    assert BayOffice(ledger, clock, "r1").file([another_day], {}) == [another_day]


def test_a_stay_is_one_subject_however_its_plate_is_read(ledger, clock, office):
    stay = ledger.enter("AB123", "in", NOW)
    read = [Finding(FindingKind.OVERSTAY, "A02", plate, stay.id, "too long", NOW) for plate in ("AB123", "AB128")]
    assert office.file(read, {}) == read[:1]
