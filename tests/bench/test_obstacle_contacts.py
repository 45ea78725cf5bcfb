# SPDX-License-Identifier: Apache-2.0
"""Somebody steps in a metre ahead at top speed: nobody is touched, and each shape stops the robot."""

import math

import pytest
from bench.obstacle_contacts import GAP, TOP, obstacle, one_live, one_seed, summary

from robot_simulation.urdf_reader import read_robot
from ronda_core.paths import share_dir


def test_shapes_differ_and_lie_in_the_way():
    things = [obstacle(seed) for seed in range(30)]
    assert len({len(thing.shapes) for thing in things}) == 2
    assert len({round(thing.side, 6) for thing in things}) == 30
    assert obstacle(4) == things[4]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_gates_code_stops_the_simulated_robot(tmp_path, seed):
    robot = read_robot(share_dir() / "urdf" / "patrol_robot.urdf.xacro")
    found = one_seed(seed, robot, 0.1, tmp_path)
    assert found["speed"] == pytest.approx(TOP, abs=0.01)
    assert found["gap_m"] == pytest.approx(GAP, abs=0.01)
    assert found["contacts"] == 0
    assert 0.0 < found["left_m"] < 0.3  # it stopped, and then went on up to its margin
    assert math.isfinite(found["stop_s"])


@pytest.mark.alone
@pytest.mark.live
@pytest.mark.slow
def test_simulator_and_gate_as_processes_touch_nobody(tmp_path):
    found = one_live(1, tmp_path)
    assert found["contacts"] == 0 and found["left_m"] > 0.0
    assert math.isfinite(found["response_ms"])
    assert summary([found])["contacts"] == 0
