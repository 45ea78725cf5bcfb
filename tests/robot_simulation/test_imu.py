# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest
from tests.robot_simulation.small_world import write_robot, write_world
from tests.robot_simulation.test_simulator import advance, make

from robot_simulation.model_builder import Spawn
from robot_simulation.sdf_reader import read_world
from robot_simulation.simulator import Simulator
from robot_simulation.urdf_reader import read_robot


def with_imu(folder, content):
    robot = read_robot(write_robot(folder, "<update_rate>100</update_rate>", f"<imu>{content}</imu>"))
    return Simulator(read_world(write_world(folder)), [Spawn(robot, "r")])


def test_at_rest_it_feels_gravity_alone(tmp_path):
    simulator = make(tmp_path)
    advance(simulator, 1.0)
    reading = simulator.robots[0].imus[0].read(simulator.data)
    assert reading.acceleration == pytest.approx((0.0, 0.0, 9.8), abs=0.02)
    assert reading.angular_velocity == pytest.approx((0.0, 0.0, 0.0), abs=1e-3)


def test_feels_the_rate_and_the_angle_of_a_turn(tmp_path):
    simulator = make(tmp_path)
    simulator.robots[0].command(0.0, 0.8)
    advance(simulator, 1.5)
    robot = simulator.robots[0]
    reading = robot.imus[0].read(simulator.data)
    assert reading.angular_velocity[2] == pytest.approx(0.8, rel=0.05)
    x, y, z, w = reading.orientation
    assert 2 * math.atan2(z, w) == pytest.approx(robot.truth().yaw, abs=0.01)
    assert (x, y) == pytest.approx((0.0, 0.0), abs=0.01)


def test_feels_the_push_of_a_ramp_forwards(tmp_path):
    simulator = make(tmp_path)
    advance(simulator, 0.5)
    simulator.robots[0].command(0.8, 0.0)
    felt = []
    for _ in range(20):
        advance(simulator, 0.02)
        felt.append(simulator.robots[0].imus[0].read(simulator.data).acceleration[0])
    assert np.median(felt) == pytest.approx(1.0, abs=0.15)


def test_noise_has_the_stated_spread(tmp_path):
    noise = "<noise type='gaussian'><mean>0.3</mean><stddev>0.05</stddev></noise>"
    simulator = with_imu(tmp_path, f"<angular_velocity><x>{noise}</x></angular_velocity>")
    advance(simulator, 0.3)
    imu = simulator.robots[0].imus[0]
    readings = [imu.read(simulator.data) for _ in range(400)]
    rates = np.array([reading.angular_velocity for reading in readings])
    assert rates.mean(axis=0) == pytest.approx([0.3] * 3, abs=0.02)
    assert rates.std(axis=0) == pytest.approx([0.05] * 3, rel=0.2)
    # The noise of the other half is not stated.
    assert np.ptp([reading.acceleration for reading in readings], axis=0).max() == 0.0


def test_a_constant_error_needs_no_spread(tmp_path):
    noise = "<noise type='gaussian'><mean>0.3</mean><stddev>0</stddev></noise>"
    simulator = with_imu(tmp_path, f"<angular_velocity><x>{noise}</x></angular_velocity>")
    advance(simulator, 0.3)
    rate = simulator.robots[0].imus[0].read(simulator.data).angular_velocity
    assert rate == pytest.approx((0.3, 0.3, 0.3), abs=1e-3)
