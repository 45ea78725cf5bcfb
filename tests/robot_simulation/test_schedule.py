# SPDX-License-Identifier: Apache-2.0
import pytest

from robot_simulation.schedule import Rate


@pytest.mark.parametrize(("hertz", "count"), [(10.0, 100), (3.0, 30), (50.0, 500), (0.5, 5)])
def test_is_due_as_often_as_its_rate_says(hertz, count):
    rate, now, found = Rate(hertz), 0.0, 0
    # The sum, not the product: a simulator's time carries the error of its steps.
    for _ in range(4999):
        found += rate.due(now)
        now += 0.002
    assert found == count


def test_is_due_at_its_moments_and_once_for_each():
    rate = Rate(10.0)
    assert [rate.due(now) for now in (0.0, 0.0, 0.05, 0.0999, 0.1, 0.1, 0.21)] == [
        True, False, False, False, True, False, True,
    ]  # fmt: skip


def test_leaves_out_moments_that_were_passed_over():
    rate = Rate(10.0)
    assert rate.due(0.0)
    assert rate.due(5.03)
    assert not rate.due(5.05)
    assert rate.due(5.1)
