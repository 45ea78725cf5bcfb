# SPDX-License-Identifier: Apache-2.0
from hypothesis import given
from hypothesis import strategies as st

from patrol_robot.ring_buffer import Record, RingBuffer


def at(seconds: float, topic: str = "/odom", size: int = 1) -> Record:
    return Record(int(seconds * 1e9), topic, b"x" * size)


def test_keeps_the_last_seconds() -> None:
    ring = RingBuffer(seconds=5.0, max_bytes=1000)
    for second in range(10):
        ring.add(at(second))
    assert [record.stamp_ns // 10**9 for record in ring] == [4, 5, 6, 7, 8, 9]
    assert [record.stamp_ns // 10**9 for record in ring.window(6 * 10**9, 8 * 10**9)] == [6, 7, 8]


def test_latched_topics_come_first_in_every_window() -> None:
    ring = RingBuffer(seconds=1.0, max_bytes=1000, latched=frozenset({"/tf_static"}))
    ring.add(at(0.0, "/tf_static"))
    ring.add(at(100.0))
    first, second = ring.window(99 * 10**9, 101 * 10**9)
    assert (first.topic, first.stamp_ns, second.topic) == ("/tf_static", 99 * 10**9, "/odom")


def test_a_clock_that_goes_back_drops_what_was_before() -> None:
    ring = RingBuffer(seconds=5.0, max_bytes=1000)
    ring.add(at(50.0))
    ring.add(at(1.0))
    assert [record.stamp_ns for record in ring] == [10**9]
    assert ring.size_bytes == 1


@given(st.lists(st.tuples(st.floats(0, 100), st.integers(0, 60)), max_size=60), st.integers(1, 200))
def test_never_holds_more_than_it_may(steps: list[tuple[float, int]], limit: int) -> None:
    ring = RingBuffer(seconds=10.0, max_bytes=limit)
    for when, size in sorted(steps):
        ring.add(at(when, size=size))
        assert ring.size_bytes == sum(len(record.data) for record in ring) <= limit
        stamps = [record.stamp_ns for record in ring]
        assert not stamps or stamps[-1] - stamps[0] <= 10 * 10**9
