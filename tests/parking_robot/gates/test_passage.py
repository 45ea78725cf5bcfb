# SPDX-License-Identifier: Apache-2.0
import random

import pytest

from parking_robot.gates.passage import CommandKind, Lane, LaneLimits, LaneState, Sensors, decided, release, step
from parking_robot.plates.decoding import Character, Decoded

LIMITS = LaneLimits()
NOBODY, WAITING, UNDER = Sensors(False, False), Sensors(True, False), Sensors(False, True)


def frame(text="AB123", confidence=0.9):
    return Decoded(text, "", "", confidence, tuple(Character(c, confidence, ()) for c in text), ())


def kinds(commands):
    return [command.kind for command in commands]


def drive(lane, *moments):
    """Step through (time, sensors, frames); return the lane and all commands."""
    commands = []
    for now, sensors, frames in moments:
        lane, more = step(lane, now, sensors, frames)
        commands += more
    return lane, commands


def waiting_lane():
    """A lane before which a car was read at 0.7 s."""
    return drive(Lane(LIMITS), (0.0, WAITING, [frame()]), (0.3, WAITING, [frame()]), (0.7, WAITING, [frame()]))


def open_lane():
    lane, _ = waiting_lane()
    return decided(lane, 0.8, True, "paid")[0]


def test_a_plate_is_decided_on_as_soon_as_frames_agree():
    lane, commands = waiting_lane()
    assert lane.state is LaneState.DECIDING
    assert (kinds(commands), commands[0].vote.text) == ([CommandKind.DECIDE], "AB123")


def test_an_unreadable_plate_is_decided_on_in_the_end():
    lane, commands = drive(Lane(LIMITS), (0.0, WAITING, []), (2.9, WAITING, []), (3.0, WAITING, []))
    assert commands[0].vote.text == ""
    assert lane.state is LaneState.DECIDING


def test_a_car_passes_and_the_barrier_closes_when_all_is_clear():
    lane, commands = drive(
        open_lane(), (2.0, UNDER, []), (3.0, NOBODY, []), (4.4, NOBODY, []), (4.5, NOBODY, []), (4.6, NOBODY, [])
    )
    assert kinds(commands) == [CommandKind.PASSED, CommandKind.CLOSE]
    assert lane.state is LaneState.EMPTY


def test_a_second_car_under_one_opening_is_tailgating():
    _, commands = drive(
        open_lane(), (2.0, UNDER, []), (3.0, NOBODY, []), (3.5, UNDER, []), (4.0, NOBODY, []), (6.0, NOBODY, [])
    )
    assert kinds(commands) == [CommandKind.TAILGATING, CommandKind.PASSED, CommandKind.CLOSE]
    assert commands[1].reason.startswith("2 car")


def test_the_barrier_stays_up_for_the_next_car_on_the_loop():
    lane, commands = drive(open_lane(), (2.0, UNDER, []), (3.0, WAITING, []), (30.0, WAITING, []))
    assert (lane.state, commands) == (LaneState.OPEN, [])


def test_a_held_car_is_never_without_a_person_and_may_pay_later():
    lane, _ = waiting_lane()
    lane, commands = decided(lane, 0.8, False, "4.80 EUR to pay")
    assert (lane.state, kinds(commands)) == (LaneState.HELD, [CommandKind.CALL])
    assert kinds(decided(lane, 60.0, True, "paid")[1]) == [CommandKind.OPEN]


@pytest.mark.parametrize("opens", [True, False])
def test_a_decision_that_comes_for_nobody_does_nothing(opens):
    lane = Lane(LIMITS)
    assert decided(lane, 1.0, opens, "late") == (lane, [])


def test_a_decision_that_never_comes_calls_a_person_once():
    lane, _ = waiting_lane()
    lane, commands = drive(lane, (5.6, WAITING, []), (5.8, WAITING, []), (9.0, WAITING, []))
    assert kinds(commands) == [CommandKind.CALL]


@pytest.mark.parametrize("held", [True, False])
def test_a_car_that_turns_back_frees_the_lane(held):
    lane, _ = waiting_lane()
    if held:
        lane, _ = decided(lane, 0.8, False, "no")
    lane, commands = step(lane, 5.0, NOBODY)
    assert (lane.state, kinds(commands)) == (LaneState.EMPTY, [CommandKind.TURNED_BACK])


def test_fire_opens_in_every_state_and_holds_until_a_person_releases():
    for lane in (Lane(LIMITS), waiting_lane()[0], open_lane()):
        burning, commands = step(lane, 9.0, Sensors(False, False, fire=True))
        assert kinds(commands) == [CommandKind.OPEN]
        calm, commands = drive(burning, (10.0, NOBODY, []), (99.0, NOBODY, []))
        assert (calm.state, commands) == (LaneState.FIRE, [])
        assert release(calm, 100.0).state is LaneState.EMPTY


@pytest.mark.parametrize("seed", range(20))
def test_no_sequence_closes_on_a_car_or_ends_in_a_dead_lane(seed):
    rng = random.Random(seed)
    lane, now, closings = Lane(LIMITS), 0.0, 0
    sensors = NOBODY
    for _ in range(500):
        now += rng.choice((0.05, 0.4, 2.0, 20.0))
        if rng.random() < 0.6:
            sensors = Sensors(rng.random() < 0.5, rng.random() < 0.4)
        lane, commands = step(lane, now, sensors, [frame(rng.choice(("AB123", "AB128", "")))] * rng.randint(0, 2))
        if CommandKind.CLOSE in kinds(commands):
            closings += 1
            assert not sensors.loop
            assert not sensors.beam
        if rng.random() < 0.5:
            lane, commands = decided(lane, now, rng.random() < 0.7, "r")
            assert CommandKind.CLOSE not in kinds(commands)
    assert closings > 0
    for wait in range(4):
        lane, _ = step(lane, now + 10 * (wait + 1), NOBODY)
    assert lane.state is LaneState.EMPTY
