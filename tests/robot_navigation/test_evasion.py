# SPDX-License-Identifier: Apache-2.0
import numpy as np

from robot_navigation.evasion import evade
from robot_navigation.footprint import Footprint, Obstacles

BODY = Footprint()


def person(x, y, vx, vy):
    ring = np.array([[np.cos(a), np.sin(a)] for a in np.linspace(0, 2 * np.pi, 12)]) * 0.2
    return Obstacles(ring + np.array([x, y]), np.tile([float(vx), float(vy)], (12, 1)))


def test_nobody_moving_leaves_the_wish_alone():
    assert evade((0.6, 0.0), (0.6, 0.0), person(0.5, 0.0, 0.0, 0.0), BODY) is None


def test_somebody_who_goes_away_leaves_the_wish_alone():
    assert evade((0.5, 0.0), (0.5, 0.0), person(1.5, 0.0, 1.0, 0.0), BODY) is None


def test_somebody_who_crosses_ahead_is_let_through():
    answer = evade((0.6, 0.0), (0.6, 0.0), person(1.2, 1.4, 0.0, -1.0), BODY)
    assert answer is not None and answer[0] < 0.6


def test_a_standing_robot_gets_out_of_the_way_of_somebody_who_walks_at_it():
    answer = evade((0.0, 0.0), (0.0, 0.0), person(2.0, 0.05, -0.6, 0.0), BODY)
    assert answer is not None and answer != (0.0, 0.0)
