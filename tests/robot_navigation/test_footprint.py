# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest

from robot_navigation.footprint import Footprint, Obstacles, arc, first_contact

TIMES = np.arange(0.0, 3.0, 0.1)
BODY = Footprint(0.2, 0.2, 0.15)


def standing(*points):
    return Obstacles.standing(np.array(points, float))


def test_a_post_ahead_is_met_where_the_front_reaches_it():
    hit = first_contact(arc(0.5, 0.0, TIMES), TIMES, standing((1.0, 0.0)), BODY)
    assert TIMES[hit] * 0.5 == pytest.approx(0.8, abs=0.06)


def test_a_post_beside_the_way_is_passed_straight_and_met_in_a_turn():
    post = standing((0.6, 0.3))
    assert first_contact(arc(0.5, 0.0, TIMES), TIMES, post, BODY) is None
    assert first_contact(arc(0.5, 0.8, TIMES), TIMES, post, BODY) is not None


def test_a_post_inside_may_be_left_but_not_pressed():
    post = standing((0.19, 0.0))
    assert first_contact(arc(-0.3, 0.0, TIMES), TIMES, post, BODY) is None
    assert first_contact(arc(0.3, 0.0, TIMES), TIMES, post, BODY) is not None


def test_somebody_who_walks_into_the_way_is_met():
    walker = Obstacles(np.array([[1.0, 1.5]]), np.array([[0.0, -1.0]]))
    assert first_contact(arc(0.6, 0.0, TIMES), TIMES, walker, BODY) is not None
    assert first_contact(arc(0.6, 0.0, TIMES), TIMES, standing((1.0, 1.5)), BODY) is None


def test_the_gap_is_measured_to_the_edge():
    assert standing((0.5, 0.0)).gap(BODY) == pytest.approx(0.3)
    assert standing((0.5, 0.55)).gap(BODY) == pytest.approx(0.5)
    assert Obstacles.standing(np.empty((0, 2))).gap(BODY) == math.inf
