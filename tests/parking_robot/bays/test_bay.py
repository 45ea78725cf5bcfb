# SPDX-License-Identifier: Apache-2.0
import math

import pytest
from tests.parking_robot.bays.garage import plan


def test_a_bay_knows_inside_from_outside_in_its_own_axes():
    bay = plan().bay("A02")
    assert bay.local((3.75, 0.0))[0] == pytest.approx([2.5, 0.0])
    assert bay.outside_by(3.75, 2.5) == 0.0
    assert bay.outside_by(5.3, -0.4) == pytest.approx(math.hypot(0.3, 0.4))
    assert bay.to_map(bay.local(bay.corners())) == pytest.approx(bay.corners())


@pytest.mark.parametrize(
    ("place", "bay_id"),
    [((1.0, 1.0), "A01"), ((2.6, 0.5), "A02"), ((3.7, -0.5), "A02"), ((3.7, -2.0), "LANE"), ((3.7, 9.0), None)],
)
def test_a_place_belongs_to_the_nearest_bay_before_a_place_to_be_kept_clear(place, bay_id):
    found = plan().bay_at(*place, reach=0.8)
    assert (found.id if found else None) == bay_id


def test_an_unknown_bay_is_no_bay():
    with pytest.raises(StopIteration):
        plan().bay("Z99")
