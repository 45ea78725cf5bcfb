# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest
from tests.robot_simulation.small_world import write_robot, write_world

from robot_simulation.diff_drive import Drift
from robot_simulation.model_builder import Spawn
from robot_simulation.sdf_reader import read_world
from robot_simulation.simulator import Simulator
from robot_simulation.urdf_reader import read_robot
from ronda_core.se2 import SE2


def make(folder, *, pose=SE2(), more="", **options):  # noqa: B008
    world = read_world(write_world(folder, more))
    return Simulator(world, [Spawn(read_robot(write_robot(folder)), "r", pose)], **options)


def advance(simulator, seconds):
    end = simulator.time + seconds
    while simulator.time < end - 1e-9:
        simulator.step()
    simulator.refresh()


def test_drives_straight_as_its_odometry_says(tmp_path):
    simulator = make(tmp_path)
    robot = simulator.robots[0]
    advance(simulator, 0.5)
    robot.command(0.3, 0.0)
    advance(simulator, 3.0)
    robot.command(0.0, 0.0)
    advance(simulator, 1.0)
    assert robot.odometry().pose.x == pytest.approx(0.9, abs=0.005)
    assert robot.truth().x == pytest.approx(0.9, abs=0.02)


def test_turns_as_its_odometry_says(tmp_path):
    simulator = make(tmp_path, pose=SE2(0.0, 0.0, 0.3))
    robot = simulator.robots[0]
    robot.command(0.0, 1.0)
    advance(simulator, 1.5)
    robot.command(0.0, 0.0)
    advance(simulator, 1.0)
    assert robot.odometry().pose.yaw == pytest.approx(1.5, abs=0.015)
    assert robot.truth().yaw - 0.3 == pytest.approx(1.5, rel=0.03)


def test_stops_at_the_wall_while_its_wheels_go_on_and_counts_one_contact(tmp_path):
    simulator = make(tmp_path, pose=SE2(1.0, 0.0, 0.0))
    robot = simulator.robots[0]
    robot.command(0.3, 0.0)
    advance(simulator, 5.0)
    assert robot.truth().x == pytest.approx(1.8, abs=0.02)
    assert robot.odometry().pose.x > 1.3
    assert (robot.contacts.count, robot.contacts.newest) == (1, "wall")


def test_a_silent_commander_stops_the_robot(tmp_path):
    simulator = make(tmp_path, command_timeout=0.5)
    robot = simulator.robots[0]
    robot.command(0.3, 0.0)
    advance(simulator, 0.5)
    assert robot.truth().vx == pytest.approx(0.3, abs=0.02)
    advance(simulator, 1.5)
    assert robot.drive.timed_out(simulator.time)
    assert abs(robot.truth().vx) < 0.01


def test_the_same_seed_gives_the_same_drive_and_another_seed_another(tmp_path):
    def final(seed):
        simulator = make(tmp_path, seed=seed, drift=Drift(0.01, 0.01))
        simulator.robots[0].command(0.3, 0.4)
        advance(simulator, 2.0)
        odometry = simulator.robots[0].odometry().pose
        return (odometry.x, odometry.y, odometry.yaw), simulator.data.qpos.tobytes()

    assert final(3) == final(3)
    assert final(3)[0] != final(4)[0]


def test_its_true_speed_is_in_its_own_axes_and_that_of_its_place(tmp_path):
    simulator = make(tmp_path, pose=SE2(0.0, 0.0, 0.7))
    robot = simulator.robots[0]
    robot.command(0.3, 0.5)
    advance(simulator, 1.0)
    before = robot.truth()
    advance(simulator, 0.1)
    after = robot.truth()
    assert (after.vx, after.w) == pytest.approx((0.3, 0.5), abs=0.02)
    assert after.vy == pytest.approx(0.0, abs=0.02)
    assert math.hypot(after.x - before.x, after.y - before.y) / 0.1 == pytest.approx(after.vx, abs=0.01)
    assert (after.yaw - before.yaw) / 0.1 == pytest.approx(after.w, abs=0.01)


def test_lidar_spreads_its_rays_over_both_ends_and_does_not_see_its_robot(tmp_path):
    simulator = make(tmp_path, pose=SE2(0.5, 0.0, 0.0))
    advance(simulator, 0.5)
    ranges = simulator.robots[0].lidars[0].scan(simulator.data)
    assert simulator.robots[0].lidars[0].angle_step == pytest.approx(math.tau / 4)
    # Only the ray ahead meets something.
    assert np.isfinite(ranges).tolist() == [False, False, True, False, False]
    assert ranges[2] == pytest.approx(1.5, abs=0.01)


def test_imu_counts_gravity_upwards_and_orientation_from_the_start(tmp_path):
    simulator = make(tmp_path, pose=SE2(0.0, 0.0, 0.8))
    advance(simulator, 1.0)
    reading = simulator.robots[0].imus[0].read(simulator.data)
    assert reading.acceleration == pytest.approx((0.0, 0.0, 9.8), abs=0.05)
    assert reading.orientation == pytest.approx((0.0, 0.0, 0.0, 1.0), abs=1e-3)


def test_two_robots_see_and_block_each_other(tmp_path):
    world, robot = read_world(write_world(tmp_path)), read_robot(write_robot(tmp_path))
    simulator = Simulator(world, [Spawn(robot, "a"), Spawn(robot, "b", SE2(1.0, 0.0, math.pi))])
    simulator.robots[0].command(0.3, 0.0)
    advance(simulator, 5.0)
    assert simulator.robots[0].contacts.newest == "b"
    assert simulator.robots[0].truth().x < simulator.robots[1].truth().x - 0.35


def test_an_actor_walks_and_is_seen_by_the_lidar(tmp_path):
    actor = """<actor name="walker"><script><loop>true</loop><trajectory id="0" type="walk">
      <waypoint><time>0</time><pose>1.5 -3 0 0 0 0</pose></waypoint>
      <waypoint><time>2</time><pose>1.5 3 0 0 0 0</pose></waypoint></trajectory></script>
      <link name="body"><visual name="v"><pose>0 0 0.5 0 0 0</pose>
      <geometry><cylinder><radius>0.2</radius><length>1</length></cylinder></geometry></visual></link></actor>"""
    simulator = make(tmp_path, more=actor)
    lidar = simulator.robots[0].lidars[0]
    advance(simulator, 0.2)
    assert lidar.scan(simulator.data)[2] == pytest.approx(2.0, abs=0.02)
    advance(simulator, 0.8)
    assert lidar.scan(simulator.data)[2] == pytest.approx(1.3, abs=0.02)
