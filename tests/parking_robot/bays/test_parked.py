# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.parking_robot.bays.garage import stay

from parking_robot.bays.parked import Belonging, match_parked

INSIDE = [stay("BAB123"), stay("HHXY99"), stay("MO1S"), stay("MOIS"), stay("")]


@pytest.mark.parametrize(
    ("plate", "kind", "found"),
    [
        ("BAB123", Belonging.EXACT, "stay-BAB123"),
        ("8A8I23", Belonging.LOOK_ALIKE, "stay-BAB123"),
        ("HHXY97", Belonging.NEAR_MISS, "stay-HHXY99"),
        ("M01S", Belonging.UNSURE, None),
        ("HHXK97", Belonging.UNSURE, None),
        ("ZZZ777", Belonging.NONE, None),
    ],
)
def test_a_plate_in_a_bay_finds_its_stay_and_never_one_of_two(plate, kind, found):
    match = match_parked(plate, INSIDE)
    assert (match.kind, match.stay.stay_id if match.stay else None) == (kind, found)
