# SPDX-License-Identifier: Apache-2.0
import random

import pytest
from tests.parking_robot.gates.garages import decoded

from parking_robot.gates.passage import (
    CommandKind,
    Lane,
    LaneLimits,
    LaneState,
    Sensors,
    decided,
    let_in,
    read_again,
    release,
    step,
)  # fmt: skip

LIMITS = LaneLimits()
NOBODY, WAITING, ROLLING = Sensors(False), Sensors(True), Sensors(True, standing=False)
UNDER = Sensors(False, loop=True, beam=True)


def kinds(commands):
    return [command.kind for command in commands]


def drive(lane, *moments):
    """Step through (time, sensors, frames); return the lane and all commands."""
    commands = []
    for now, sensors, frames in moments:
        lane, more = step(lane, now, sensors, frames)
        commands += more
    return lane, commands


def read_lane(sensors=WAITING, text="AB123"):
    """A lane in which a car was seen in pictures at 0.0, 0.2 and 0.4 s."""
    return drive(Lane(LIMITS), *((0.2 * n, sensors, [decoded(text)]) for n in range(3)))


def open_lane(limits=LIMITS):
    lane, _ = drive(Lane(limits), *((0.2 * n, WAITING, [decoded("AB123")]) for n in range(3)))
    return decided(lane, 0.8, True, False, "paid", "AB123")[0]


def test_a_standing_car_is_decided_on_as_soon_as_pictures_agree():
    lane, commands = read_lane()
    assert lane.state is LaneState.DECIDING
    assert (kinds(commands), commands[-1].vote.text) == ([CommandKind.ARRIVED, CommandKind.DECIDE], "AB123")


def test_a_rolling_car_is_decided_on_where_it_stops():
    lane, commands = read_lane(ROLLING)
    lane, more = drive(lane, (9.0, ROLLING, [decoded("AB123")]))
    assert kinds(commands + more) == [CommandKind.ARRIVED]
    assert kinds(step(lane, 9.2, WAITING, [])[1]) == [CommandKind.DECIDE]


def test_an_unreadable_plate_is_decided_on_in_the_end():
    lane, commands = drive(Lane(LIMITS), (0.0, WAITING, []), (2.9, WAITING, []), (3.0, WAITING, []))
    assert commands[-1].vote.text == ""
    assert lane.state is LaneState.DECIDING


def test_a_car_passes_and_the_barrier_closes_when_all_is_clear():
    lane, commands = drive(open_lane(), (2.0, UNDER, []), (3.0, NOBODY, []), (4.4, NOBODY, []), (4.5, NOBODY, []))
    assert kinds(commands) == [CommandKind.PASSED, CommandKind.CLOSE]
    assert lane.state is LaneState.EMPTY


def test_the_next_car_at_its_line_does_not_keep_the_barrier_up():
    _, commands = drive(open_lane(), (2.0, UNDER, []), (3.0, WAITING, []), (4.5, WAITING, []))
    assert kinds(commands) == [CommandKind.PASSED, CommandKind.CLOSE]


@pytest.mark.parametrize(("gap", "tailgates"), [(0.1, False), (0.6, True)])
def test_a_second_car_under_one_opening_is_tailgating(gap, tailgates):
    moments = [(2.0, UNDER, []), (3.0, NOBODY, []), (3.0 + gap, UNDER, []), (4.0, NOBODY, []), (6.0, NOBODY, [])]
    _, commands = drive(open_lane(), *moments)
    assert (CommandKind.TAILGATING in kinds(commands)) == tailgates
    assert commands[-2].reason.startswith("2 car" if tailgates else "1 car")


def test_every_car_of_a_convoy_is_a_tailgater_of_its_own():
    moments = [(2.0 + half, UNDER if half % 2 == 0 else NOBODY, []) for half in range(6)]
    _, commands = drive(open_lane(), *moments, (9.0, NOBODY, []))
    told = [command.reason for command in commands if command.kind is CommandKind.TAILGATING]
    assert told == ["car 2 went under one opening", "car 3 went under one opening"]


def test_a_beam_that_blinks_calls_a_person_and_makes_no_cars():
    moments = [(2.0 + half, UNDER if half % 2 == 0 else NOBODY, []) for half in range(60)]
    _, commands = drive(open_lane(), *moments)
    assert kinds(commands) == [CommandKind.TAILGATING] * 3 + [CommandKind.CALL]


def test_without_a_beam_the_loop_counts():
    loop = Sensors(False, loop=True)
    _, commands = drive(open_lane(LaneLimits(beam_fitted=False)), (2.0, loop, []), (3.0, NOBODY, []), (5.0, NOBODY, []))
    assert kinds(commands) == [CommandKind.PASSED, CommandKind.CLOSE]
    lane, commands = drive(open_lane(), (2.0, loop, []), (3.0, WAITING, []), (5.0, WAITING, []))
    assert (lane.state, commands) == (LaneState.OPEN, [])


def test_an_open_lane_that_nobody_uses_closes_again():
    lane, commands = drive(open_lane(), (2.0, NOBODY, []), (9.9, NOBODY, []), (10.0, NOBODY, []))
    assert (kinds(commands), lane.state) == ([CommandKind.TURNED_BACK, CommandKind.CLOSE], LaneState.EMPTY)


@pytest.mark.parametrize("state", ["held", "open"])
def test_another_car_in_the_place_of_the_one_decided_on_starts_anew(state):
    lane = open_lane() if state == "open" else decided(read_lane()[0], 0.8, False, False, "to pay", "AB123")[0]
    same = [(1.0 + 0.2 * n, WAITING, [decoded("AB128")]) for n in range(5)]
    lane, commands = drive(lane, *same)
    assert commands == []
    other = [(3.0 + 0.2 * n, WAITING, [decoded("XY987")]) for n in range(3)]
    lane, commands = drive(lane, *other)
    expected = [CommandKind.TURNED_BACK] + [CommandKind.CLOSE] * (state == "open")
    assert (kinds(commands), lane.state) == (expected, LaneState.EMPTY)


def test_who_must_ask_gets_a_person_at_once_and_who_can_pay_after_a_while():
    lane, _ = read_lane()
    assert kinds(decided(lane, 0.8, False, True, "no entry known")[1]) == [CommandKind.CALL]
    held, commands = decided(lane, 0.8, False, False, "4.80 EUR to pay")
    assert (held.state, commands) == (LaneState.HELD, [])
    held, commands = drive(held, (50.0, WAITING, []), (91.0, WAITING, []), (200.0, WAITING, []))
    assert kinds(commands) == [CommandKind.CALL]
    assert kinds(decided(held, 201.0, True, False, "paid")[1]) == [CommandKind.OPEN]


@pytest.mark.parametrize("opens", [True, False])
def test_a_decision_that_comes_for_nobody_does_nothing(opens):
    lane = Lane(LIMITS)
    assert decided(lane, 1.0, opens, True, "late") == (lane, [])


def test_a_decision_that_is_late_is_told_once():
    lane, _ = read_lane()
    lane, commands = drive(lane, (1.1, WAITING, []), (1.3, WAITING, []), (9.0, WAITING, []))
    assert kinds(commands) == [CommandKind.LATE]


@pytest.mark.parametrize("held", [True, False])
def test_a_car_that_turns_back_frees_the_lane(held):
    lane, _ = read_lane()
    if held:
        lane, _ = decided(lane, 0.8, False, False, "no")
    lane, commands = step(lane, 5.0, NOBODY)
    assert (lane.state, kinds(commands)) == (LaneState.EMPTY, [CommandKind.TURNED_BACK])


def test_a_person_opens_and_a_corrected_plate_is_decided_on_again():
    held, _ = decided(read_lane()[0], 0.8, False, True, "unread")
    assert read_again(held, 9.0).state is LaneState.DECIDING
    assert kinds(let_in(held, 9.0, "Mara: known")[1]) == [CommandKind.OPEN]
    assert let_in(open_lane(), 9.0, "again") == (open_lane(), [])


def test_fire_opens_in_every_state_and_holds_until_a_person_releases():
    for lane in (Lane(LIMITS), read_lane()[0], open_lane()):
        burning, commands = step(lane, 9.0, Sensors(False, fire=True))
        assert kinds(commands) == [CommandKind.FIRE]
        calm, commands = drive(burning, (10.0, NOBODY, []), (99.0, NOBODY, []))
        assert (calm.state, commands) == (LaneState.FIRE, [])
        lane, commands = drive(release(calm, 100.0), (100.0, NOBODY, []), (109.0, NOBODY, []))
        assert (lane.state, kinds(commands)[-1]) == (LaneState.EMPTY, CommandKind.CLOSE)


def test_cars_that_go_during_an_alarm_are_told_each_with_its_plate():
    alarm = Sensors(False, fire=True)
    under = Sensors(False, loop=True, beam=True, fire=True)
    lane, _ = step(Lane(LIMITS), 0.0, alarm)
    lane, commands = drive(
        lane,
        *((1.0 + 0.2 * n, alarm, [decoded("AB123")]) for n in range(3)),
        (2.0, under, [decoded("AB123")]),
        # The next car is close behind; the first one's plate is still in sight, once misread.
        (2.5, under, [decoded("AB128"), decoded("CD456")]),
        (3.0, alarm, [decoded("CD456")]),
        (4.0, under, []),
        (5.0, alarm, []),
        (6.0, under, []),
    )
    assert kinds(commands) == [CommandKind.WENT] * 3
    assert [command.vote.text for command in commands] == ["AB123", "CD456", ""]


def test_a_car_that_has_gone_when_the_alarm_begins_is_told_once():
    gone, _ = drive(open_lane(), (1.0, UNDER, []), (2.0, NOBODY, []))
    lane, commands = drive(gone, (2.5, Sensors(False, fire=True), []), (3.0, Sensors(False, fire=True), []))
    assert kinds(commands) == [CommandKind.FIRE, CommandKind.PASSED]
    going, _ = drive(open_lane(), (1.0, UNDER, []))
    under = Sensors(False, loop=True, beam=True, fire=True)
    lane, commands = drive(going, (1.5, under, []), (1.6, under, []), (3.0, Sensors(False, fire=True), []))
    assert kinds(commands) == [CommandKind.FIRE, CommandKind.WENT]
    assert lane.state is LaneState.FIRE


@pytest.mark.parametrize("seed", range(20))
def test_no_sequence_closes_on_a_car_or_ends_in_a_dead_lane(seed):
    rng = random.Random(seed)
    lane, now, closings = Lane(LIMITS), 0.0, 0
    sensors = NOBODY
    for _ in range(500):
        now += rng.choice((0.05, 0.4, 2.0, 20.0))
        if rng.random() < 0.6:
            sensors = Sensors(*(rng.random() < share for share in (0.5, 0.3, 0.3, 0.7)))
        lane, commands = step(lane, now, sensors, [decoded(rng.choice(("AB123", "AB128", "")))] * rng.randint(0, 2))
        if CommandKind.CLOSE in kinds(commands):
            closings += 1
            assert not sensors.under
        if rng.random() < 0.5:
            lane, commands = decided(lane, now, rng.random() < 0.7, rng.random() < 0.5, "r", "AB123")
            assert CommandKind.CLOSE not in kinds(commands)
    assert closings > 0
    for wait in range(4):
        lane, _ = step(lane, now + 10 * (wait + 1), NOBODY)
    assert lane.state is LaneState.EMPTY
