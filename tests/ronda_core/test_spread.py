# SPDX-License-Identifier: Apache-2.0
import math

import pytest

from ronda_core.spread import percentile, spread


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([3, 1, 2], 0.5, 2), ([1, 2, 3, 4], 0.95, 4), ([1], 0.5, 1), ([], 0.5, None), ([math.nan, 7], 0.5, 7)],
)
def test_percentiles_are_measured_values(values: list[float], share: float, expected: float | None) -> None:
    assert percentile(values, share) == expected


def test_a_spread_is_rounded_and_says_when_there_is_nothing():
    assert spread([1.23, 4.56], 1) == {"p50": 1.2, "p95": 4.6}
    assert spread([], 1) == {"p50": None, "p95": None}
