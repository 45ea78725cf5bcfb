# SPDX-License-Identifier: Apache-2.0
"""Keys to velocities: what is held drives, what is released stops, what is silent stays silent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_base.errors import TeleoperationError
from robot_base.teleop import MOVES, KeyReader, TeleopLimits, TeleopSession
from robot_base.velocity import STOP, Velocity

LIMITS = TeleopLimits(speed=0.3, turn=0.8, first_hold=0.5, hold=0.15, idle=1.0)


def driving(key: str = "w") -> TeleopSession:
    """A session at t = 0 whose first command, the announcing zero, is out."""
    session = TeleopSession(LIMITS)
    session.press(key, 0.0)
    assert session.command(0.0) == STOP
    return session


def test_nothing_is_sent_before_the_first_key() -> None:
    session = TeleopSession(LIMITS)
    assert session.command(0.0) is None
    session.press("+", 0.0)
    assert session.command(0.1) is None


def test_a_held_key_drives_and_its_release_stops() -> None:
    session = driving()
    assert session.command(0.05) == Velocity(0.3, 0.0)
    for repeat in range(20):
        session.press("w", 0.45 + repeat / 30)
    last = 0.45 + 19 / 30
    assert session.command(last + 0.1) == Velocity(0.3, 0.0)
    assert session.command(last + 0.2) == STOP
    assert session.command(last + 1.3) is None


def test_a_tap_is_bridged_to_the_first_repeat_only() -> None:
    session = driving()
    assert session.command(0.49) == Velocity(0.3, 0.0)
    assert session.command(0.51) == STOP


def test_the_stop_key_stops_at_once() -> None:
    session = driving()
    session.press(" ", 0.1)
    assert session.command(0.1) == STOP


def test_each_drive_after_a_silence_is_announced_by_a_zero() -> None:
    session = driving()
    assert session.command(5.0) is None
    session.press("j", 6.0)
    assert session.command(6.0) == STOP
    assert session.command(6.05) == Velocity(0.0, 0.8)


def test_another_key_changes_the_direction_at_once() -> None:
    session = driving()
    session.press("d", 0.2)
    assert session.command(0.2) == Velocity(0.0, -0.8)


def test_speed_keys_stay_within_the_limits() -> None:
    session = driving()
    for _ in range(50):
        session.press("q", 0.1)
    assert (session.speed, session.turn) == (0.8, 2.0)
    session.press("z", 0.1)
    assert session.speed == pytest.approx(0.8 / 1.1)


@given(data=st.lists(st.sampled_from([b"\x1b[A", b"\x1bOD", b"w", b"K", b"\x1b[Z"])), cut=st.integers(0, 40))
def test_keys_are_the_same_however_the_bytes_are_cut(data: list[bytes], cut: int) -> None:
    whole = b"".join(data)
    names = {b"\x1b[A": ["w"], b"\x1bOD": ["a"], b"w": ["w"], b"K": ["k"], b"\x1b[Z": []}
    reader = KeyReader()
    keys = [*reader.feed(whole[:cut]), *reader.feed(whole[cut:])]
    assert keys == [key for item in data for key in names[item]]


@given(presses=st.lists(st.tuples(st.sampled_from([*MOVES, " ", "k", "+", "-", "x"]), st.floats(0, 2))))
def test_without_keys_it_always_ends_in_silence(presses: list[tuple[str, float]]) -> None:
    session, now = TeleopSession(LIMITS), 0.0
    for key, pause in presses:
        now += pause
        session.press(key, now)
        session.command(now)
    assert session.command(now + LIMITS.first_hold + 0.01) in (STOP, None)
    assert session.command(now + LIMITS.first_hold + LIMITS.idle + 0.01) is None


@pytest.mark.parametrize(("speed", "turn"), [(0, 1), (1, 9), (-1, 1), (float("nan"), 1)])
def test_an_impossible_speed_is_refused(speed: float, turn: float) -> None:
    with pytest.raises(TeleoperationError, match="cannot drive"):
        TeleopLimits(speed=speed, turn=turn)
