# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.parking_robot.bays.garage import plan, stay

from parking_robot.bays.bay_record import BayState
from parking_robot.bays.find_car import find_car
from parking_robot.bays.findings import SeenBay
from parking_robot.bays.parked import Belonging, ParkedMatch
from parking_robot.errors import PlateError


def seen(bay_id, plate, parked=None, confidence=0.9):
    match = ParkedMatch(Belonging.EXACT if parked else Belonging.NONE, parked)
    return SeenBay(plan().bay(bay_id), BayState.OCCUPIED, 0.95, 1.0, 10.0, plate, confidence, match)


BAYS = [
    seen("A01", "BAB123", stay("BAB123")),
    seen("A02", "BA8123", stay("BA8123")),
    seen("A03", "HHX799", stay("HHXY99", "right")),
    seen("A04", ""),
]


@pytest.mark.parametrize(
    ("asked", "bays", "exact"),
    [
        ("b-ab 123", ["A01"], True),
        ("8A8I23", ["A01", "A02"], False),
        ("HHXY99", ["A03"], True),
        ("HHXY97", ["A03"], False),
        ("ZZZ777", [], False),
    ],
)
def test_a_car_is_found_by_its_plate_and_look_alikes_are_told_apart(asked, bays, exact):
    found = find_car(asked, BAYS)
    assert [one.seen.bay.id for one in found] == bays
    assert all(one.exact is exact for one in found)


def test_with_a_proof_the_last_characters_suffice_for_the_own_car_alone():
    assert [one.seen.bay.id for one in find_car("Y99", BAYS, "right")] == ["A03"]
    assert find_car("123", BAYS, "right") == []


@pytest.mark.parametrize("asked", ["", "12", "🚗🚗🚗"])
def test_too_little_of_a_plate_is_refused(asked):
    with pytest.raises(PlateError):
        find_car(asked, BAYS)
