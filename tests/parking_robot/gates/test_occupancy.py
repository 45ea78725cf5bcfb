# SPDX-License-Identifier: Apache-2.0
from hypothesis import given
from hypothesis import strategies as st

from parking_robot.gates.occupancy import Occupancy


def test_cars_are_counted_and_the_garage_gets_full():
    garage = Occupancy(2).entered().entered()
    assert garage.full
    assert not garage.left().full


def test_what_cannot_be_is_drift():
    assert Occupancy(2).left() == Occupancy(2, 0, 1)
    assert Occupancy(2, 2).entered() == Occupancy(2, 2, 1)
    assert Occupancy(24, 10).recounted(8) == Occupancy(24, 8, 2)


@given(st.lists(st.tuples(st.sampled_from(["entered", "left", "recounted"]), st.integers(0, 9))))
def test_the_count_never_leaves_its_limits(steps):
    garage = Occupancy(5)
    for name, cars in steps:
        garage = getattr(garage, name)(cars)
        assert 0 <= garage.inside <= 5
