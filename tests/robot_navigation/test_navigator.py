# SPDX-License-Identifier: Apache-2.0
"""The closed loop: localiser, surroundings and navigator drive a robot through a flat world."""

import math

import numpy as np
import pytest
from flat_world import FlatWorld, Person, Robot, building

from robot_navigation.codes import NavigationCode
from robot_navigation.costmap import Inflation
from robot_navigation.localiser import LocalisationState, Localiser
from robot_navigation.navigator import NavigationState, Navigator, NavigatorSettings, Situation
from robot_navigation.recovery import RecoverySettings
from robot_navigation.surroundings import Surroundings
from ronda_core.se2 import SE2

START = SE2(-7.0, 4.0, 0.0)


class Loop:
    """Steps the robot and the code that drives it: control at 20 Hz, scans at 10 Hz."""

    def __init__(self, world: FlatWorld, *, known: bool = True, seed: int = 0, settings=None) -> None:
        self.world, self.robot, self.time = world, Robot(START), 0.0
        grid = world.grid()
        self.localiser = Localiser(grid, seed=seed)
        self.surroundings = Surroundings(grid, Inflation())
        self.navigator = Navigator(settings)
        self.random = np.random.default_rng(seed)
        self.estimate, self.closest, self.states = None, math.inf, []
        self.autonomy, self.scanning = True, True
        if known:
            self.localiser.set_pose(START)
        else:
            self.localiser.start_globally()

    def step(self):
        if round(self.time / 0.05) % 2 == 0 and self.scanning:
            scan = self.world.scan(self.robot.pose, self.time, self.random)
            self.estimate = self.localiser.update(scan, self.robot.odom)
            good = self.localiser.state is LocalisationState.LOCALISED
            self.surroundings.add(scan, self.robot.odom, self.estimate.map_to_odom if good else None)
        to_odom = self.estimate.map_to_odom if self.estimate is not None else None
        situation = Situation(self.time, self.robot.odom, to_odom, self.localiser.state, self.autonomy)
        step = self.navigator.step(situation, self.surroundings)
        if step.state not in self.states[-1:]:
            self.states.append(step.state)
        for _ in range(2):
            self.world.let_people_wait(self.robot.pose, self.time, 0.025)
            self.robot.drive(step.speed, step.turn, 0.025)
            self.time += 0.025
        self.closest = min(self.closest, self.world.gap(self.robot.pose, self.time))
        return step

    def drive(self, goal: SE2, limit: float = 150.0):
        self.navigator.start(goal)
        while self.time < limit:
            step = self.step()
            if step.outcome is not None:
                return step.outcome
        raise AssertionError(f"no outcome after {limit} s, states {[state.value for state in self.states]}")


def test_the_robot_reaches_pose_and_heading_without_a_contact():
    loop = Loop(building())
    assert loop.drive(SE2(7.0, 4.4, 1.57)).code is NavigationCode.NONE
    assert loop.robot.pose.distance_to(SE2(7.0, 4.4)) < 0.25
    assert abs(loop.robot.pose.yaw - 1.57) < 0.2
    assert loop.closest > 0.1


def test_an_unknown_start_is_found_before_driving():
    loop = Loop(building(), known=False)
    assert loop.drive(SE2(-4.0, 4.0, 0.0)).code is NavigationCode.NONE
    assert loop.states[0] is NavigationState.LOCALISING
    assert loop.closest > 0.1


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_people_who_stand_and_walk_are_not_touched(seed):
    world = building()
    world.people = [Person(-4.0, 0.6), Person(1.0, -0.5), Person(0.2, -4.5, to=(0.2, 1.0))]
    world.people.append(Person(-3.0, 4.0, to=(-3.0, -4.5)))
    loop = Loop(world, seed=seed)
    assert loop.drive(SE2(7.0, 4.4, 1.57)).code is NavigationCode.NONE
    assert loop.closest > 0.1


def test_a_person_beside_the_route_does_not_hold_the_robot_up():
    empty = Loop(building())
    assert empty.drive(SE2(-2.0, 4.0, 0.0)).code is NavigationCode.NONE
    world = building()
    world.people = [Person(-5.0, 4.0 + 0.6 + 0.25 - 0.25), Person(-6.0, 3.4)]
    loop = Loop(world)
    assert loop.drive(SE2(-2.0, 4.0, 0.0)).code is NavigationCode.NONE
    assert loop.closest > 0.0
    assert loop.time < empty.time + 10.0


def test_a_blocked_way_is_waited_for_tried_and_given_up_with_a_reason():
    quick = NavigatorSettings(blocked_before_recovery=0.5, recovery=RecoverySettings(wait=0.5))
    world = building()
    world.people = [Person(-1.0, y, radius=0.2) for y in np.arange(-1.3, 0.3, 0.35)]
    loop = Loop(world, settings=quick)
    outcome = loop.drive(SE2(7.0, 4.4, 0.0))
    assert outcome.code in (NavigationCode.NO_VALID_PATH, NavigationCode.NO_PROGRESS)
    assert "recover" in outcome.message
    assert NavigationState.RECOVERING in loop.states
    assert loop.closest > 0.0


def test_somebody_on_the_goal_is_approached_but_not_touched():
    world = building()
    world.people = [Person(-4.0, 4.0)]
    loop = Loop(world)
    outcome = loop.drive(SE2(-4.0, 4.0, 0.0))
    assert loop.closest > 0.0
    assert outcome.code is NavigationCode.NONE and "stands on the goal" in outcome.message
    assert loop.robot.pose.distance_to(SE2(-4.0, 4.0)) < 0.9


def test_a_goal_inside_a_wall_fails_before_the_robot_moves():
    loop = Loop(building())
    outcome = loop.drive(SE2(-1.0, -3.0, 0.0))
    assert outcome.code is NavigationCode.GOAL_OCCUPIED
    assert loop.robot.pose.distance_to(START) < 0.05


def test_a_scan_that_stops_coming_stops_the_robot_and_ends_the_goal():
    loop = Loop(building())
    loop.navigator.start(SE2(7.0, 4.4, 0.0))
    while loop.time < 4.0:
        loop.step()
    assert loop.robot.speed > 0.2
    loop.scanning = False
    stopped_at, outcome = None, None
    while outcome is None and loop.time < 10.0:
        outcome = loop.step().outcome
        if stopped_at is None and loop.robot.speed < 1e-6:
            stopped_at = loop.time
    assert outcome is not None and outcome.code is NavigationCode.SENSOR_STALE
    assert stopped_at is not None and stopped_at < 5.5


def test_a_robot_that_is_starting_is_waited_for():
    loop = Loop(building())
    loop.scanning = False
    loop.navigator.start(SE2(-2.0, 4.0, 0.0))
    while loop.time < 6.0:
        assert loop.step().outcome is None
    loop.scanning = True
    outcome = None
    while outcome is None and loop.time < 60.0:
        outcome = loop.step().outcome
    assert outcome is not None and outcome.code is NavigationCode.NONE


def test_what_never_comes_is_given_up_with_its_name():
    loop = Loop(building())
    loop.scanning = False
    loop.navigator.start(SE2(-2.0, 4.0, 0.0))
    outcome = None
    while outcome is None and loop.time < 20.0:
        outcome = loop.step().outcome
    assert outcome is not None and outcome.code is NavigationCode.SENSOR_STALE
    assert outcome.message == "no scan comes in for 15 s"


def test_being_lost_ends_the_goal():
    loop = Loop(building())
    loop.navigator.start(SE2(7.0, 4.4, 0.0))
    while loop.time < 4.0:
        loop.step()
    loop.robot.pose = SE2(5.0, -1.8, 2.0)
    outcome = None
    while outcome is None and loop.time < 20.0:
        outcome = loop.step().outcome
    assert outcome is not None and outcome.code is NavigationCode.LOCALISATION_LOST


def test_without_autonomy_the_robot_stands_until_it_is_given_back():
    loop = Loop(building())
    loop.navigator.start(SE2(-2.0, 4.0, 0.0))
    while loop.time < 3.0:
        loop.step()
    loop.autonomy = False
    for _ in range(200):
        step = loop.step()
        assert (step.speed, step.turn, step.state) == (0.0, 0.0, NavigationState.PAUSED)
        assert step.outcome is None
    loop.autonomy = True
    outcome = None
    while outcome is None and loop.time < 60.0:
        outcome = loop.step().outcome
    assert outcome is not None and outcome.code is NavigationCode.NONE


def test_nothing_is_commanded_without_a_goal_or_a_map():
    navigator = Navigator()
    step = navigator.step(Situation(0.0, SE2(), SE2(), LocalisationState.LOCALISED), None)
    assert (step.speed, step.turn, step.state) == (0.0, 0.0, NavigationState.IDLE)
    navigator.start(SE2(1.0, 0.0, 0.0))
    outcome = None
    for count in range(400):
        outcome = navigator.step(Situation(count * 0.05, SE2(), SE2(), LocalisationState.LOCALISED), None).outcome
        if outcome is not None:
            break
    assert outcome is not None and "map" in outcome.message
