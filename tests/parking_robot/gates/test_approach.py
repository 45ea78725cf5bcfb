# SPDX-License-Identifier: Apache-2.0
from tests.parking_robot.gates.garages import decoded

from parking_robot.gates.approach import Approach, ApproachLimits, PlateSight


def sight(x=300.0, width=120.0, text="AB123"):
    return PlateSight(x, 300.0, width, decoded(text))


def test_a_car_far_away_is_not_at_the_gate_and_the_widest_plate_is_the_nearest():
    approach = Approach(ApproachLimits())
    assert approach.take([sight(width=40.0)], 0.0) is None
    assert not approach.present(0.0)
    assert approach.take([sight(width=80.0), sight(width=120.0, text="NEAR1")], 0.2).decoded.text == "NEAR1"
    assert approach.present(0.2)


def test_a_rolling_car_does_not_stand_and_a_stopped_one_does():
    approach = Approach(ApproachLimits())
    for number in range(5):
        approach.take([sight(width=80.0 + 12 * number)], 0.2 * number)
        assert not approach.standing(0.2 * number)
    for number in range(5, 8):
        approach.take([sight(width=128.0)], 0.2 * number)
    assert approach.standing(1.4)
    assert approach.stopped_at == 0.8


def test_a_plate_out_of_sight_for_long_is_gone():
    approach = Approach(ApproachLimits(gone_s=2.0))
    approach.take([sight()], 0.0)
    assert approach.present(2.0)
    assert not approach.present(2.1)
    approach.take([sight()], 9.0)
    assert approach.stopped_at is None
    approach.forget()
    assert not approach.present(9.0)
