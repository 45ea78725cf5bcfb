# SPDX-License-Identifier: Apache-2.0
"""The survey with its findings: what the robot saw, beside what the ledger says."""

from datetime import timedelta

import pytest
from tests.parking_robot.bays.garage import NOW, decoded, plan, stay

from parking_robot.bays.bay_record import BayState, RecordRules
from parking_robot.bays.findings import FindingKind
from parking_robot.bays.scan_look import Look
from parking_robot.bays.survey import BaySurvey, PlateSighting

IN = {"A01": (1.25, 0.3), "A02": (3.75, 0.3), "A03": (6.25, 0.3), "A04": (8.75, 0.3)}


@pytest.fixture
def survey():
    return BaySurvey(plan())


def see(survey, bay_id, plate, confidence=0.9, at=0.0):
    for second in range(4):
        survey.take_plates(at + second, [PlateSighting(*IN[bay_id], decoded(plate, confidence))])


def kinds(survey, at=20.0):
    return [(finding.kind, finding.bay_id) for finding in survey.findings(at, NOW)]


def test_a_car_with_a_stay_in_a_common_bay_is_in_order(survey):
    survey.take_stays([stay("BAB123")])
    see(survey, "A01", "BAB123")
    assert kinds(survey) == []
    (bay,) = (one for one in survey.bays(20.0) if one.bay.id == "A01")
    assert (bay.state, bay.plate, bay.stay.stay_id) == (BayState.OCCUPIED, "BAB123", "stay-BAB123")


def test_a_car_without_a_stay_is_found_once_it_has_settled(survey):
    survey.take_stays([stay("HHXY99"), stay("")])
    see(survey, "A01", "BAB123")
    assert kinds(survey, at=3.5) == []
    (finding,) = survey.findings(20.0, NOW)
    assert finding.kind is FindingKind.NO_STAY
    assert finding.text == ("BAB123 stands in A01 without a stay; 1 car(s) came in unread, it may be one of them")


def test_a_car_that_has_left_by_the_exit_is_not_accused_in_the_bay_where_it_stood(survey):
    survey.take_stays([stay("BAB123"), stay("HHXY99")])
    see(survey, "A01", "BAB123")
    assert kinds(survey) == []
    survey.take_stays([stay("HHXY99")])
    assert kinds(survey, at=30.0) == []
    (bay,) = (one for one in survey.bays(30.0) if one.bay.id == "A01")
    assert (bay.state, bay.plate) == (BayState.UNKNOWN, "")
    see(survey, "A01", "BAB123", at=40.0)
    assert kinds(survey, at=60.0) == [(FindingKind.NO_STAY, "A01")], "but it is when it is seen there again"


@pytest.mark.parametrize(("plate", "confidence"), [("BAB123", 0.0), ("HHXY7I", 0.9)])
def test_an_unsure_plate_accuses_nobody(survey, plate, confidence):
    survey.take_stays([stay("HHXY99")])
    see(survey, "A01", plate, confidence)
    assert kinds(survey) == []


def test_nothing_is_said_about_stays_while_the_ledger_is_away(survey):
    see(survey, "A01", "BAB123")
    see(survey, "A03", "HHXY99")
    survey.take_stays(None)
    assert kinds(survey) == []
    assert survey.count(20.0).by_stays is None


def test_an_overstay_counts_from_the_entry(survey):
    survey.take_stays([stay("BAB123", minutes=60.5)])
    see(survey, "A02", "BAB123")
    assert kinds(survey) == [(FindingKind.OVERSTAY, "A02")]


@pytest.mark.parametrize(
    ("bay_id", "parked", "wrong"),
    [
        ("A03", stay("BAB123"), True),
        ("A03", stay("BAB123", vehicle_class="ev"), False),
        ("A03", stay("BAB123", vehicle_class="disabled"), True),
        ("A04", stay("BAB123", vehicle_class="reserved"), True),
        ("A04", stay("BOS1"), False),
    ],
)
def test_a_special_bay_asks_for_a_right(survey, bay_id, parked, wrong):
    survey.take_stays([parked])
    see(survey, bay_id, parked.plate)
    assert kinds(survey) == ([(FindingKind.WRONG_BAY, bay_id)] if wrong else [])


def test_one_plate_in_two_bays_is_found_in_both(survey):
    survey.take_stays([stay("BAB123")])
    see(survey, "A01", "BAB123")
    see(survey, "A02", "8AB123")
    assert kinds(survey) == [(FindingKind.TWO_BAYS, "A01"), (FindingKind.TWO_BAYS, "A02")]


def test_a_lane_is_blocked_by_what_stays_in_it(survey):
    for second in range(3):
        survey.take_looks(float(second), {"LANE": Look.OCCUPIED})
    assert kinds(survey, at=25.0) == [], "a car that drove through while the robot looked, and away"
    survey.take_looks(24.0, {"LANE": Look.OCCUPIED})
    assert kinds(survey, at=25.0) == [(FindingKind.BLOCKED_LANE, "LANE")]
    for second in range(25, 35):
        survey.take_looks(float(second), {"LANE": Look.FREE})
    assert kinds(survey, at=60.0) == []


def test_the_next_car_in_a_lane_is_another_finding_and_a_parked_one_goes_on(survey):
    def look(since, look, beginnings):
        at = [NOW + timedelta(seconds=second) for second in (since, since + 30)]
        for second in range(31):
            survey.take_looks(float(since + second), {"LANE": look})
            found = survey.findings(float(since + second), NOW + timedelta(seconds=since + second))
        assert [at[0] <= finding.began <= at[1] for finding in found] == beginnings
        return [finding.key for finding in found]

    first = look(0, Look.OCCUPIED, [True])
    assert look(31, Look.OCCUPIED, [False]) == first
    look(70, Look.FREE, [])
    # The robot goes on; the lane stays empty as far as it knows.
    assert survey.findings(200.0, NOW + timedelta(seconds=200)) == []
    assert look(3600, Look.OCCUPIED, [True]) != first


def test_both_counts_stand_side_by_side(survey):
    survey.take_stays([stay("BAB123"), stay("HHXY99")])
    see(survey, "A01", "BAB123")
    for bay_id in ("A02", "A03", "A04"):
        for second in range(3):
            survey.take_looks(float(second), {bay_id: Look.FREE})
    count = survey.count(5.0)
    assert (count.occupied, count.free, count.unknown, count.by_stays) == (1, 3, 0, 2)
    assert count.unplaced == ("stay-HHXY99",)
    assert not count.agree
    survey.take_stays([stay("BAB123")])
    assert survey.count(5.0).agree


def test_a_plate_between_the_bays_belongs_to_none():
    survey = BaySurvey(plan(), RecordRules())
    assert survey.take_plates(0.0, [PlateSighting(40.0, 40.0, decoded("BAB123"))]) == []
