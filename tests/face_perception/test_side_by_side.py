# SPDX-License-Identifier: Apache-2.0
import threading

import pytest

from face_perception.side_by_side import run_each


def test_results_come_in_the_order_of_the_items():
    assert run_each(lambda number: number * number, range(20)) == [number * number for number in range(20)]


def test_two_run_at_the_same_time():
    meeting = threading.Barrier(2, timeout=20)
    # Each waits for the other: one after the other would break the barrier.
    assert sorted(run_each(lambda _: meeting.wait(), range(2))) == [0, 1]


def test_an_error_of_one_reaches_the_caller():
    def work(number: int) -> float:
        return 1 / number

    with pytest.raises(ZeroDivisionError):
        run_each(work, [1, 0])
