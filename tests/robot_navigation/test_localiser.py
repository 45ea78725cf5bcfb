# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from flat_world import Person, Robot, building

from robot_navigation.localiser import LocalisationState, Localiser
from ronda_core.se2 import SE2


class Drive:
    """A robot that wanders through the building while it is being localised."""

    def __init__(self, pose: SE2, seed: int = 0) -> None:
        self.world = building()
        self.robot = Robot(pose)
        self.localiser = Localiser(self.world.grid(), seed=seed)
        self.random = np.random.default_rng(seed)
        self.time = 0.0
        self.estimate = None

    def run(self, seconds: float, speed: float = 0.0, turn: float = 0.0) -> list[LocalisationState]:
        states = []
        for _ in range(round(seconds / 0.1)):
            self.robot.drive(speed, turn, 0.1)
            self.time += 0.1
            scan = self.world.scan(self.robot.pose, self.time, self.random)
            self.estimate = self.localiser.update(scan, self.robot.odom)
            states.append(self.localiser.state)
        return states

    @property
    def error(self) -> float:
        return self.estimate.pose.distance_to(self.robot.pose)


def test_nothing_is_claimed_before_a_start():
    drive = Drive(SE2(-6.0, 1.0, 0.0))
    assert drive.run(0.5) == [LocalisationState.UNINITIALISED] * 5
    assert drive.estimate is None


def test_a_given_pose_is_corrected_and_followed():
    drive = Drive(SE2(-6.0, 1.0, 0.0))
    drive.localiser.set_pose(SE2(-6.2, 1.15, 0.08))
    drive.run(6.0, speed=0.4)
    assert drive.localiser.state is LocalisationState.LOCALISED
    assert drive.error < 0.08
    assert drive.estimate.position_std < 0.1


@pytest.mark.parametrize("pose", [SE2(-6.0, 1.0, 2.0), SE2(5.0, 0.0, -1.0), SE2(0.5, 3.5, 0.3), SE2(-2.5, -4.0, 3.0)])
def test_the_position_is_found_without_a_given_pose(pose):
    drive = Drive(pose)
    drive.localiser.start_globally()
    first = drive.run(0.3)
    assert LocalisationState.LOCALISED not in first
    drive.run(6.0, turn=0.6)
    assert drive.localiser.state is LocalisationState.LOCALISED
    assert drive.error < 0.12


def test_being_carried_away_is_noticed_and_recovered_from():
    drive = Drive(SE2(-6.0, 1.0, 0.0))
    drive.localiser.set_pose(SE2(-6.0, 1.0, 0.0))
    drive.run(3.0, turn=0.5)
    assert drive.localiser.state is LocalisationState.LOCALISED
    drive.robot.pose = SE2(5.0, -1.5, 2.0)
    states = drive.run(6.0)
    assert LocalisationState.LOST in states
    drive.run(8.0, turn=0.5)
    assert drive.localiser.state is LocalisationState.LOCALISED
    assert drive.error < 0.12


def test_a_crowd_that_the_map_does_not_show_does_not_confuse():
    drive = Drive(SE2(-6.0, 0.5, 0.0))
    drive.localiser.set_pose(SE2(-6.0, 0.5, 0.0))
    for angle in (0.3, 1.1, 1.9, -0.8, -1.6, 2.8):
        drive.world.people.append(Person(-5.2 + 1.2 * np.cos(angle), 0.5 + 1.2 * np.sin(angle)))
    scan = drive.world.ranges(drive.robot.pose)
    empty = building().ranges(drive.robot.pose)
    assert 0.15 < (scan < empty - 0.1).mean() < 0.45
    states = drive.run(4.0, speed=0.1, turn=0.2)
    assert LocalisationState.LOST not in states
    assert drive.error < 0.1


def surround(drive: Drive, *, gaps: tuple[float, ...]) -> None:
    """People (or cars) all around the robot, but for gaps of about 20 degrees at the given angles."""
    here = drive.robot.pose
    for angle in np.arange(-np.pi, np.pi, 0.2):
        if all(abs((angle - gap + np.pi) % (2 * np.pi) - np.pi) > 0.25 for gap in gaps):
            drive.world.people.append(Person(here.x + 1.6 * np.cos(angle), here.y + 1.6 * np.sin(angle)))


def test_a_robot_that_sees_little_of_the_walls_is_not_lost_for_that():
    drive = Drive(SE2(-6.0, 0.5, 0.0))
    drive.localiser.set_pose(SE2(-6.0, 0.5, 0.0))
    drive.run(3.0, turn=0.3)
    surround(drive, gaps=(0.3, 2.0, -1.7))
    hidden = (drive.world.ranges(drive.robot.pose) < building().ranges(drive.robot.pose) - 0.1).mean()
    assert hidden > 0.7
    states = drive.run(6.0, turn=0.3)
    assert LocalisationState.LOST not in states and states[-1] is LocalisationState.LOCALISED
    assert drive.error < 0.15


def test_a_robot_that_sees_nothing_of_the_walls_keeps_its_place_for_a_while():
    drive = Drive(SE2(-6.0, 0.5, 0.0))
    drive.localiser.set_pose(SE2(-6.0, 0.5, 0.0))
    drive.run(3.0, turn=0.3)
    assert drive.localiser.state is LocalisationState.LOCALISED
    surround(drive, gaps=())
    assert LocalisationState.LOST not in drive.run(5.0, turn=0.2)


def test_being_carried_away_is_noticed_among_people_too():
    drive = Drive(SE2(-6.0, 1.0, 0.0))
    drive.localiser.set_pose(SE2(-6.0, 1.0, 0.0))
    drive.run(3.0, turn=0.5)
    drive.robot.pose = SE2(5.0, -1.5, 2.0)
    for angle in (0.3, 1.1, 1.9, -0.8, -1.6, 2.8):
        drive.world.people.append(Person(5.0 + 1.2 * np.cos(angle), -1.5 + 1.2 * np.sin(angle)))
    assert LocalisationState.LOST in drive.run(6.0)


def test_the_same_seed_gives_the_same_result():
    poses = []
    for _ in range(2):
        drive = Drive(SE2(5.0, 0.0, -1.0), seed=4)
        drive.localiser.start_globally()
        drive.run(2.0, turn=0.6)
        poses.append(drive.estimate.pose)
    assert poses[0] == poses[1]


def test_an_empty_scan_changes_nothing():
    drive = Drive(SE2(-6.0, 1.0, 0.0))
    drive.localiser.set_pose(SE2(-6.0, 1.0, 0.0))
    drive.run(2.0, turn=0.5)
    from robot_navigation.scan import read_scan

    empty = read_scan(np.full(360, np.nan), stamp=9.0, angle_min=-3.14, angle_increment=0.0175, range_min=0.05,
                      range_max=12.0, mount=SE2())  # fmt: skip
    before = drive.estimate.pose
    assert not empty.valid
    assert drive.localiser.update(empty, drive.robot.odom).pose.distance_to(before) < 1e-9
