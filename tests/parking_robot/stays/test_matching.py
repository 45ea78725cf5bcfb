# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta

from parking_robot.stays.matching import Inside, MatchKind, match_exit

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def cars(*plates, minutes=60):
    return [Inside(f"s{i}", plate, NOW - timedelta(minutes=minutes)) for i, plate in enumerate(plates)]


def match(plate, inside, confidence=0.9):
    return match_exit(plate, inside, NOW, confidence)


def test_the_exact_plate_wins_over_a_look_alike():
    found = match("RK0261", cars("RKO26I", "RK0261"))
    assert (found.kind, found.stay_id, found.to_review) == (MatchKind.EXACT, "s1", False)


def test_one_look_alike_matches_and_two_are_reviewed():
    assert match("RK0261", cars("RKO26I", "XX1111")).kind is MatchKind.LOOK_ALIKE
    assert match("RK0261", cars("RKO26I", "RKQ26L")).kind is MatchKind.REVIEW


def test_one_near_miss_opens_and_is_looked_at_later():
    found = match("BMD1234", cars("BMD1235", "XYZ9999"))
    assert (found.kind, found.stay_id, found.to_review) == (MatchKind.NEAR_MISS, "s0", True)
    assert "BMD1235" in found.reason


def test_near_misses_are_never_guessed():
    assert match("BMD1234", cars("BMD1235", "BMD1236")).kind is MatchKind.REVIEW
    assert match("BMD1234", cars("BMD1235"), confidence=0.2).kind is MatchKind.REVIEW
    assert match("B123", cars("B124")).kind is MatchKind.REVIEW


def test_a_near_miss_does_not_leave_in_the_place_of_an_unread_car():
    found = match("BMD1234", cars("BMD1235", ""))
    assert (found.kind, found.stay_id) == (MatchKind.REVIEW, "")
    assert [car.stay_id for car in found.candidates] == ["s0", "s1"]
    assert match("BMD1235", cars("BMD1235", "")).kind is MatchKind.EXACT


def test_the_same_plate_inside_twice_is_reviewed():
    found = match("BMD1234", cars("BMD1234", "BMD1234"))
    assert found.kind is MatchKind.REVIEW
    assert "inside twice" in found.reason


def test_unread_plates_go_to_a_person_with_the_unread_cars_first():
    found = match("", cars("", "BMD1234"))
    assert (found.kind, [car.stay_id for car in found.candidates]) == (MatchKind.REVIEW, ["s0"])
    assert match("QQQ777", cars("")).kind is MatchKind.REVIEW


def test_nothing_alike_is_no_match():
    assert match("QQQ777", cars("BMD1234")).kind is MatchKind.NONE


def test_a_car_that_entered_a_moment_ago_is_not_the_one_that_leaves():
    assert match("BMD1234", cars("BMD1234", minutes=0)).kind is MatchKind.NONE
