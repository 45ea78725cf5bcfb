# SPDX-License-Identifier: Apache-2.0
import numpy as np

from robot_navigation.moving_obstacles import MovingObstacles

DISC = np.array([[np.cos(a), np.sin(a)] for a in np.linspace(0, np.pi, 15)]) * 0.2


def test_a_walker_gets_a_velocity_and_who_stands_gets_none():
    tracker = MovingObstacles()
    for step in range(15):
        time = 0.1 * step
        points = np.vstack([DISC + np.array([time, 0.0]), DISC + np.array([0.0, 3.0])])
        velocities = tracker.update(points, time)
    assert np.allclose(velocities[:15], (1.0, 0.0), atol=0.15)
    assert not velocities[15:].any()


def test_a_long_thing_never_moves():
    tracker = MovingObstacles()
    for step in range(10):
        wall = np.column_stack([np.linspace(0.1 * step, 2.5, 60), np.ones(60)])
        velocities = tracker.update(wall, 0.1 * step)
    assert not velocities.any()


def test_no_points_are_fine():
    assert MovingObstacles().update(np.empty((0, 2)), 0.0).shape == (0, 2)
