# SPDX-License-Identifier: Apache-2.0
"""The barrier: by hand, by random lives, and the Python machine against the firmware's."""

import random
import subprocess

from hypothesis import given, settings
from hypothesis import strategies as st

from robot_base.barrier import Barrier, BarrierInputs, Reason, reason_text
from robot_base.drivers.ports import BarrierCondition as State
from robot_base.firmware_build import program
from robot_base.wire.messages import Result

CLOSED_END = BarrierInputs(closed_end=True)
OPEN_END = BarrierInputs(open_end=True)
BETWEEN = BarrierInputs()


def opened() -> tuple[Barrier, int]:
    """A barrier that has just opened, and the time."""
    barrier = Barrier()
    barrier.update(CLOSED_END, 0)
    assert barrier.open(10) is Result.DONE
    assert barrier.update(BETWEEN, 20) == 1
    assert barrier.update(OPEN_END, 1000) == 0
    return barrier, 1000


def test_it_opens_and_closes_and_counts() -> None:
    barrier, now = opened()
    barrier.update(OPEN_END, now + 1500)
    assert barrier.close(now + 1500) is Result.DONE
    assert barrier.update(BETWEEN, now + 1600) == -1
    barrier.update(CLOSED_END, now + 3000)
    assert (barrier.state, barrier.movements) == (State.CLOSED, 2)


def test_it_does_not_close_over_a_car_nor_right_after_one() -> None:
    barrier, now = opened()
    barrier.update(BarrierInputs(open_end=True, loop=True), now + 10)
    assert barrier.close(now + 20) is Result.REFUSED_OCCUPIED
    barrier.update(OPEN_END, now + 30)
    assert barrier.close(now + 500) is Result.REFUSED_OCCUPIED
    assert barrier.close(now + 1100) is Result.DONE


def test_it_reopens_over_an_obstacle_and_when_the_link_is_lost() -> None:
    for inputs, reason in (
        (BarrierInputs(beam=True), Reason.OBSTACLE),
        (BarrierInputs(loop=True), Reason.OBSTACLE),
        (BarrierInputs(link=False), Reason.LINK_LOST),
    ):
        barrier, now = opened()
        barrier.update(OPEN_END, now + 1500)
        barrier.close(now + 1500)
        barrier.update(BETWEEN, now + 1600)
        assert barrier.update(inputs, now + 1700) == 1
        assert (barrier.state, barrier.reason) == (State.OPENING, reason)


def test_fire_opens_and_holds_until_a_person_closes() -> None:
    barrier = Barrier()
    barrier.update(CLOSED_END, 0)
    assert barrier.update(BarrierInputs(closed_end=True, fire=True), 10) == 1
    assert barrier.stop() is Result.REFUSED_FIRE
    barrier.update(BarrierInputs(open_end=True, fire=True), 1000)
    assert barrier.close(3000) is Result.REFUSED_FIRE
    barrier.auto_close(True)
    barrier.update(BarrierInputs(open_end=True, loop=True), 3100)
    for now in range(3200, 9000, 100):
        assert barrier.update(OPEN_END, now) == 0
    assert barrier.state is State.OPEN
    assert barrier.close(9000) is Result.REFUSED_FIRE
    assert barrier.close(9000, forced=True) is Result.DONE
    barrier.update(BETWEEN, 9100)
    barrier.update(CLOSED_END, 11000)
    assert not barrier.fire_open
    assert barrier.open(11100) is Result.DONE


def test_no_force_closes_over_a_car() -> None:
    barrier, now = opened()
    barrier.hold_open()
    barrier.update(BarrierInputs(open_end=True, beam=True), now + 3000)
    assert barrier.close(now + 3000, forced=True) is Result.REFUSED_OCCUPIED


def test_fire_tries_once_to_open_out_of_a_fault() -> None:
    barrier = Barrier()
    barrier.update(CLOSED_END, 0)
    barrier.open(10)
    barrier.update(CLOSED_END, 2100)
    assert barrier.reason is Reason.DID_NOT_LEAVE
    burning = BarrierInputs(closed_end=True, fire=True)
    assert barrier.update(burning, 2200) == 1
    assert barrier.reason is Reason.FIRE
    for now in range(4300, 40_000, 100):
        assert barrier.update(burning, now) == 0
    assert barrier.state is State.FAULT


def test_after_a_gap_it_looks_where_it_is_and_still_holds_open() -> None:
    barrier, _ = opened()
    barrier.hold_open()
    barrier.restart()
    barrier.update(OPEN_END, 1_000_000)
    assert barrier.state is State.OPEN
    assert barrier.close(1_002_000) is Result.REFUSED_FIRE


def test_a_car_that_slips_through_while_it_closes_counts_as_passed() -> None:
    barrier, now = opened()
    barrier.auto_close(True)
    barrier.update(BarrierInputs(open_end=True, loop=True), now + 10)
    barrier.update(OPEN_END, now + 100)
    assert barrier.update(OPEN_END, now + 1200) == -1
    assert barrier.update(BarrierInputs(loop=True), now + 1500) == 1  # the next one follows close behind
    assert barrier.update(BETWEEN, now + 1800) == 1  # and is gone before the arm is up
    barrier.update(OPEN_END, now + 2300)
    assert barrier.update(OPEN_END, now + 3500) == -1


def test_after_a_lost_link_it_stays_open_until_it_is_told() -> None:
    barrier, now = opened()
    barrier.auto_close(True)
    barrier.update(BarrierInputs(open_end=True, loop=True), now + 10)
    barrier.update(OPEN_END, now + 100)
    assert barrier.update(OPEN_END, now + 1200) == -1
    assert barrier.update(BarrierInputs(link=False), now + 1300) == 1
    for step in range(1800, 9000, 100):
        assert barrier.update(OPEN_END, now + step) == 0


def test_it_closes_by_itself_after_a_passage_only() -> None:
    barrier, now = opened()
    barrier.auto_close(True)
    for step in range(0, 5000, 100):
        assert barrier.update(OPEN_END, now + step) == 0
    now += 5000
    barrier.update(BarrierInputs(open_end=True, loop=True), now)
    barrier.update(OPEN_END, now + 100)
    assert barrier.update(OPEN_END, now + 1200) == -1


def test_feedback_that_cannot_be_is_a_fault_with_its_reason() -> None:
    barrier, now = opened()
    barrier.update(BarrierInputs(open_end=True, closed_end=True), now + 10)
    assert (barrier.state, barrier.reason) == (State.FAULT, Reason.BOTH_ENDS)
    assert barrier.open(now) is Result.REFUSED_FAULT
    barrier.reset()
    barrier.update(OPEN_END, now + 20)
    barrier.update(BETWEEN, now + 30)
    barrier.update(BETWEEN, now + 600)
    assert barrier.reason is Reason.MOVED_BY_FORCE
    barrier.reset()
    barrier.update(CLOSED_END, now + 700)
    barrier.open(now + 700)
    barrier.update(CLOSED_END, now + 2800)
    assert barrier.reason is Reason.DID_NOT_LEAVE
    barrier.reset()
    barrier.update(CLOSED_END, now + 3000)
    barrier.open(now + 3000)
    barrier.update(BETWEEN, now + 11100)
    assert barrier.reason is Reason.TOO_SLOW


inputs = st.builds(
    BarrierInputs, *[st.sampled_from([False, False, False, True])] * 6, st.sampled_from([True, True, False])
)
lives = st.lists(st.tuples(st.sampled_from("nnnocfsrah"), inputs, st.integers(1, 3000)), max_size=60)


def act(barrier: Barrier, command: str, now: int, auto: bool) -> Result:
    if command in "ah":
        barrier.auto_close(auto) if command == "a" else barrier.hold_open()
        return Result.DONE
    calls = {
        "o": lambda: barrier.open(now),
        "c": lambda: barrier.close(now),
        "f": lambda: barrier.close(now, forced=True),
        "s": barrier.stop,
        "r": barrier.reset,
    }
    return calls.get(command, lambda: Result.DONE)()


@settings(max_examples=1000)
@given(life=lives, auto=st.booleans())
def test_whatever_happens_nothing_closes_on_a_car_and_nothing_is_stuck(life: list, auto: bool) -> None:
    barrier, now = Barrier(), 0
    barrier.auto_close(auto)
    held = False
    for command, seen, pause in life:
        now += pause
        done = act(barrier, command, now, auto)
        held = (held and not (command == "f" and barrier.state is State.CLOSING)) or command == "h"
        assert not (command in "cf" and done is Result.DONE and barrier.state is State.CLOSING and held)
        motor = barrier.update(seen, now)
        held |= seen.fire
        if motor < 0:
            assert not (seen.loop or seen.beam or seen.fire or seen.estop or not seen.link)
            assert not held
        if seen.estop:
            assert motor == 0
    bring_to_both_ends(barrier, now + 10_000)


def bring_to_both_ends(barrier: Barrier, now: int) -> None:
    """No dead state: with everything well again, an operator opens it, and closes it."""
    barrier.auto_close(False)
    barrier.update(BETWEEN, now)
    barrier.reset()
    barrier.update(BETWEEN, now + 10)
    assert barrier.open(now + 20) is Result.DONE
    barrier.update(OPEN_END, now + 1000)
    assert barrier.state is State.OPEN
    assert barrier.close(now + 2500, forced=True) is Result.DONE
    assert barrier.update(BETWEEN, now + 2600) == -1
    barrier.update(CLOSED_END, now + 4000)
    assert barrier.state is State.CLOSED


def test_ten_thousand_random_lives_agree_with_the_firmware() -> None:
    rng = random.Random(7)
    lines, expected = [], []
    closings = 0
    for _ in range(10_000):
        lines.append("0 x 0 0 0 0 0 0 0 0")
        barrier, now = Barrier(), 0
        for _ in range(12):
            now += rng.choice([10, 100, 600, 1200, 2500, 9000])
            command = rng.choice("nnnnoocfsrah")
            bits = [rng.random() < share for share in (0.3, 0.3, 0.15, 0.1, 0.05, 0.05, 0.9, 0.5)]
            lines.append(" ".join([str(now), command, *(str(int(bit)) for bit in bits)]))
            result = act(barrier, command, now, bits[7])
            seen = BarrierInputs(*bits[:7])
            motor = barrier.update(seen, now)
            assert motor >= 0 or not (seen.loop or seen.beam)
            closings += motor < 0
            told = (result, barrier.state, barrier.reason, motor, barrier.movements, int(barrier.fire_open))
            expected.append(" ".join(map(str, told)))
        bring_to_both_ends(barrier, now + 10_000)
    assert closings > 1000  # the lives are lively enough to prove something
    done = subprocess.run(
        [program("codec"), "--barrier"], input="\n".join(lines), capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines() == expected


def test_reasons_are_told_in_words() -> None:
    assert {reason_text(reason) for reason in Reason} >= {"", "something under the arm", "fire alarm"}
    assert len({reason_text(reason) for reason in Reason}) == len(Reason)
    assert reason_text(200) == "unknown reason 200"
