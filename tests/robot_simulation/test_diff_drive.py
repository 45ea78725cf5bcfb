# SPDX-License-Identifier: Apache-2.0
import math
from dataclasses import replace

import numpy as np
import pytest
from tests.robot_simulation.small_world import write_robot

from robot_simulation.diff_drive import DiffDrive, Drift
from robot_simulation.gazebo_blocks import Limits
from robot_simulation.urdf_reader import read_robot

STEP = 0.002


@pytest.fixture
def block(tmp_path):
    """A drive of 1 m/s2 and 2 rad/s2, wheels of 0.1 m that stand 0.3 m apart."""
    return read_robot(write_robot(tmp_path)).blocks.drive


def make(block, drift=Drift(), seed=0, **options):  # noqa: B008
    return DiffDrive(block, STEP, drift, np.random.default_rng(seed), **options)


def speeds(drive, block, now=0.0):
    """Forward speed and turn rate that one step's wheel speeds stand for."""
    left, right = drive.wheel_speeds(now)
    return (left + right) / 2 * block.radius, (right - left) / block.separation * block.radius


def roll(drive, seconds, start=(0.0, 0.0)):
    """Turn ideal wheels as the drive asks for; returns their angles."""
    angles = np.array(start)
    drive.update(*angles)
    for count in range(round(seconds / STEP)):
        angles += np.array(drive.wheel_speeds(count * STEP)) * STEP
        drive.update(*angles)
    return angles


def test_reaches_its_speed_after_the_time_that_the_acceleration_takes(block):
    drive = make(block)
    drive.command(0.3, 0.0, 0.0)
    forward = [speeds(drive, block)[0] for _ in range(200)]
    assert forward[0] == pytest.approx(0.002)
    assert forward[148] == pytest.approx(0.298)
    assert forward[149] == pytest.approx(0.3)
    assert forward[199] == pytest.approx(0.3)


def test_forward_and_turning_ramps_do_not_wait_for_each_other(block):
    drive = make(block)
    drive.command(0.3, 1.0, 0.0)
    both = [speeds(drive, block) for _ in range(300)]
    assert [both[99][0], both[99][1]] == pytest.approx([0.2, 0.4])
    assert both[249][1] == pytest.approx(1.0)
    assert both[248][1] < 0.9999


def test_keeps_to_the_stated_speeds(block):
    bounded = replace(block, linear=Limits(-0.2, 0.5), angular=Limits(-0.7, 0.7))
    drive = make(bounded)
    drive.command(9.0, -9.0, 0.0)
    assert speeds(drive, bounded) == pytest.approx((0.5, -0.7))
    drive.command(-9.0, 9.0, 0.0)
    assert speeds(drive, bounded) == pytest.approx((-0.2, 0.7))


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_command_that_is_no_number_means_standing(block, number):
    drive = make(block)
    drive.command(number, number, 0.0)
    assert speeds(drive, block) == (0.0, 0.0)


def test_an_old_command_ends_in_a_ramp(block):
    drive = make(block, command_timeout=0.5)
    drive.command(0.3, 0.0, 0.0)
    for _ in range(150):
        speeds(drive, block)
    assert speeds(drive, block, 0.5)[0] == pytest.approx(0.3)
    assert not drive.timed_out(0.5)
    assert speeds(drive, block, 0.502)[0] == pytest.approx(0.298)
    assert drive.timed_out(0.502)
    down = [speeds(drive, block, 0.6)[0] for _ in range(149)]
    assert down[-2] == pytest.approx(0.002)
    assert down[-1] == pytest.approx(0.0, abs=1e-9)


def test_without_a_time_out_a_command_holds(block):
    drive = make(block)
    assert math.isnan(drive.command_age(1.0))
    drive.command(0.3, 0.0, 1.0)
    assert drive.command_age(1001.0) == 1000.0
    assert not drive.timed_out(1001.0)


def test_odometry_integrates_half_a_circle_exactly(block):
    # v / w = 0.3 m radius; steps of one whole turn's 1/2000 make half a circle of exactly 1000 steps.
    rate = math.pi / (1000 * STEP)
    drive = make(replace(block, linear=Limits(), angular=Limits()))
    drive.command(0.3 * rate, rate, 0.0)
    roll(drive, 1000 * STEP)
    odometry = drive.odometry()
    assert (odometry.pose.x, odometry.pose.y) == pytest.approx((0.0, 0.6), abs=1e-6)
    assert abs(odometry.pose.yaw) == pytest.approx(math.pi, abs=1e-6)
    assert (odometry.v, odometry.w) == pytest.approx((0.3 * rate, rate))


def test_odometry_counts_from_the_angles_that_the_wheels_start_at(block):
    drive = make(replace(block, linear=Limits()))
    drive.command(0.5, 0.0, 0.0)
    roll(drive, 1.0, start=(7.0, -3.0))
    pose = drive.odometry().pose
    assert (pose.x, pose.y, pose.yaw) == pytest.approx((0.5, 0.0, 0.0), abs=1e-9)


def test_the_speed_it_tells_is_the_mean_of_the_last_ten_steps(block):
    drive = make(block)
    drive.command(1.0, 0.0, 0.0)
    roll(drive, 0.1)
    # Steps 41 to 50 of a ramp of 0.002 m/s a step.
    assert drive.odometry().v == pytest.approx(0.002 * 45.5)


def test_drift_differs_from_robot_to_robot_and_repeats_with_its_seed(block):
    def distance(seed):
        drive = make(block, Drift(radius_stddev=0.01, slip_stddev=0.01), seed)
        drive.command(0.3, 0.0, 0.0)
        roll(drive, 2.0)
        return drive.odometry().pose.x

    assert distance(1) == distance(1)
    assert distance(1) != distance(2)
    assert distance(1) == pytest.approx(0.3 * 2.0 - 0.045, rel=0.1)
