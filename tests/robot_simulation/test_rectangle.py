# SPDX-License-Identifier: Apache-2.0
import math

from hypothesis import given
from hypothesis import strategies as st

from robot_simulation.rectangle import Rectangle, outline

number = st.floats(-3, 3)
rectangles = st.builds(Rectangle, number, number, st.floats(-4, 4), st.floats(0.1, 4), st.floats(0.1, 4))


def corners(one):
    c, s = math.cos(one.yaw), math.sin(one.yaw)
    return [
        (one.x + a * one.length / 2 * c - b * one.width / 2 * s, one.y + a * one.length / 2 * s + b * one.width / 2 * c)
        for a in (-1, 1)
        for b in (-1, 1)
    ]


def holds(one, point):
    dx, dy = point[0] - one.x, point[1] - one.y
    along = dx * math.cos(one.yaw) + dy * math.sin(one.yaw)
    across = dy * math.cos(one.yaw) - dx * math.sin(one.yaw)
    return abs(along) < one.length / 2 - 1e-9 and abs(across) < one.width / 2 - 1e-9


def test_beside_across_and_apart():
    car = Rectangle(0, 0, 0, 4, 2)
    assert car.overlaps(Rectangle(3.9, 0, 0, 4, 2))
    assert not car.overlaps(Rectangle(4.1, 0, 0, 4, 2))
    assert not car.overlaps(Rectangle(0, 2.1, 0, 4, 2))
    # Two long thin ones that cross have no corner in each other.
    assert Rectangle(0, 0, 0, 6, 0.2).overlaps(Rectangle(0, 0, 1.0, 6, 0.2))
    # A diamond beside a corner: their boxes along the axes overlap, they do not.
    assert not Rectangle(0, 0, 0, 2, 2).overlaps(Rectangle(2.0, 2.0, math.pi / 4, 2, 2))
    assert Rectangle(0, 0, 0, 2, 2).grown(0.7, 0.7).overlaps(Rectangle(2.0, 2.0, math.pi / 4, 2, 2))


@given(rectangles, rectangles)
def test_a_corner_or_centre_inside_the_other_is_an_overlap_and_order_does_not_matter(one, two):
    assert one.overlaps(two) == two.overlaps(one)
    if any(holds(one, point) for point in (*corners(two), (two.x, two.y))):
        assert one.overlaps(two)


def test_the_outline_of_a_vehicle_lies_ahead_of_its_rear_axle():
    one = outline(1.0, 2.0, math.pi / 2, length=4.0, width=1.7, forward=1.3)
    assert math.isclose(one.x, 1.0)
    assert math.isclose(one.y, 3.3)
