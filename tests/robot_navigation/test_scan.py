# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from robot_navigation.scan import read_scan, thin
from ronda_core.se2 import SE2


def scan(ranges, mount=SE2()):  # noqa: B008
    return read_scan(
        np.array(ranges, float),
        stamp=1.0,
        angle_min=0.0,
        angle_increment=np.pi / 2,
        range_min=0.1,
        range_max=10.0,
        mount=mount,
    )


def test_hits_become_points_in_the_robots_frame():
    result = scan([2.0, 3.0, np.inf, 1.0], SE2(0.5, 0.0, np.pi / 2))
    assert np.allclose(result.points, [[0.5, 2.0], [-2.5, 0.0], [1.5, 0.0]], atol=1e-9)
    assert result.sensor == (0.5, 0.0)
    assert result.nearest == pytest.approx(1.5)


def test_a_beam_that_hits_nothing_is_free_up_to_the_range_and_an_invalid_one_is_not():
    result = scan([np.inf, np.nan, 4.0, 5.0])
    lengths = np.hypot(*result.free_ends.T)
    assert lengths == pytest.approx([10.0, 0.0, 4.0, 5.0])
    assert result.valid


@pytest.mark.parametrize("ranges", [[], [np.nan] * 4, [0.0] * 4, [np.nan, np.nan, np.nan, 3.0]])
def test_a_scan_without_enough_readings_is_not_valid(ranges):
    assert not scan(ranges).valid


def test_thinning_keeps_the_ends():
    points = np.arange(20.0).reshape(10, 2)
    assert np.array_equal(thin(points, 3)[[0, -1]], points[[0, -1]])
    assert thin(points, 50) is points
