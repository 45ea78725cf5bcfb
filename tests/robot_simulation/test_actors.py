# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest

from robot_simulation.actors import actor_pose
from robot_simulation.poses import from_xyz_rpy
from robot_simulation.scene import Actor, Waypoint

SCRIPT = (
    Waypoint(0.0, (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)),
    Waypoint(4.0, (4.0, 0.0, 0.0, 0.0, 0.0, 0.0)),
    Waypoint(6.0, (4.0, 0.0, 0.0, 0.0, 0.0, 1.5 * math.pi)),
    Waypoint(8.0, (4.0, 1.0, 0.0, 0.0, 0.0, 1.5 * math.pi)),
)


def place(time, *, loop=True, delay=0.0, start=(0.0,) * 6):
    pose = actor_pose(Actor("a", SCRIPT, loop, delay, (), from_xyz_rpy(start)), time)
    return [*pose[:2, 3], math.atan2(pose[1, 0], pose[0, 0])]


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        (0.0, (0.0, 0.0, 0.0)),
        (1.0, (1.0, 0.0, 0.0)),
        (4.0, (4.0, 0.0, 0.0)),
        (7.0, (4.0, 0.5, -math.pi / 2)),
        (9.0, (1.0, 0.0, 0.0)),
        (25.0, (1.0, 0.0, 0.0)),
    ],
)
def test_walks_straight_from_waypoint_to_waypoint_and_starts_again(time, expected):
    assert place(time) == pytest.approx(expected, abs=1e-9)


def test_turns_the_way_round_that_the_numbers_say():
    # Half way to 270 degrees is 135, although 90 the other way round would be shorter.
    assert place(5.0)[2] == pytest.approx(0.75 * math.pi)


def test_waits_for_its_delay():
    assert place(2.9, delay=3.0) == pytest.approx([0.0, 0.0, 0.0])
    assert place(4.0, delay=3.0) == pytest.approx([1.0, 0.0, 0.0])


def test_without_a_loop_it_stays_at_the_end():
    assert place(100.0, loop=False) == pytest.approx([4.0, 1.0, -math.pi / 2])


def test_its_script_is_in_the_actor_s_own_frame():
    assert place(1.0, start=(10.0, 0.0, 0.0, 0.0, 0.0, math.pi / 2)) == pytest.approx([10.0, 1.0, math.pi / 2])


def test_a_script_of_one_waypoint_stands():
    actor = Actor("a", (Waypoint(0.0, (1.0, 2.0, 0.0, 0.0, 0.0, 0.0)),), True, 0.0, ())
    assert np.allclose(actor_pose(actor, 5.0)[:3, 3], (1.0, 2.0, 0.0))
