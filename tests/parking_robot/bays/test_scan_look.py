# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.parking_robot.bays.garage import plan, sweep

from parking_robot.bays.scan_look import Look, LookRules, looks

WALL = (-1.0, 5.0, 11.0, 5.3)
CAR_IN_A02 = (2.9, 0.4, 4.6, 4.7)
LANE = (2.5, -2.0)


def test_a_car_is_seen_in_its_bay_alone_and_the_empty_ones_are_seen_empty():
    found = looks(plan(), *sweep(LANE, [WALL, CAR_IN_A02]), LANE, LookRules())
    assert found["A02"] is Look.OCCUPIED
    assert found["A01"] is Look.FREE
    assert found["LANE"] is Look.FREE


def test_what_a_car_hides_is_not_called_free():
    seen_from = (-3.0, 1.0)
    found = looks(plan(), *sweep(seen_from, [WALL, (0.4, 0.3, 2.1, 4.7)]), seen_from, LookRules())
    assert found["A01"] is Look.OCCUPIED
    assert "A02" not in found


def test_a_neighbour_over_the_line_and_the_wall_behind_are_not_in_the_bay():
    over_the_line = (2.7, 0.4, 5.2, 4.7)
    found = looks(plan(), *sweep((5.0, -2.0), [WALL, over_the_line]), (5.0, -2.0), LookRules())
    assert found["A02"] is Look.OCCUPIED
    assert found.get("A03") is not Look.OCCUPIED


@pytest.mark.parametrize("sensor", [(40.0, 0.0), (2.5, -20.0)])
def test_a_bay_far_away_is_not_judged(sensor):
    assert looks(plan(), *sweep(sensor, [WALL]), sensor, LookRules()) == {}
