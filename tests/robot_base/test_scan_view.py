# SPDX-License-Identifier: Apache-2.0
"""What counts as a scan that may be believed."""

import math

import numpy as np
import pytest

from robot_base.scan_view import RawScan, ScanHealth, ScanLimits, ScanMonitor, view_scan
from ronda_core.se2 import SE2

LIMITS = ScanLimits()
CENTRE = SE2()


def raw(ranges: list[float] | np.ndarray, stamp: float = 1.0) -> RawScan:
    return RawScan(stamp, -math.pi, 2 * math.pi / 359, 0.12, 12.0, np.array(ranges, np.float32))


def test_points_are_where_the_laser_sits() -> None:
    ranges = np.full(360, np.inf)
    ranges[0] = 1.0  # looks backwards
    view = view_scan(raw(ranges), SE2(0.2, 0.1, math.pi / 2), LIMITS)
    assert view.health is ScanHealth.GOOD
    assert view.points == pytest.approx(np.array([[0.2, 0.1 - 1.0]]), abs=1e-6)


@pytest.mark.parametrize(
    ("ranges", "health"),
    [
        ([], ScanHealth.EMPTY),
        ([math.inf] * 360, ScanHealth.EMPTY),
        ([math.nan] * 360, ScanHealth.INVALID),
        ([0.0] * 360, ScanHealth.INVALID),
        ([3.0, math.nan] * 180, ScanHealth.INVALID),
        ([3.0] * 340 + [math.nan] * 20, ScanHealth.INVALID),
        ([3.0] * 350 + [math.nan] * 10, ScanHealth.GOOD),
        ([13.0] * 359 + [3.0], ScanHealth.GOOD),
    ],
)
def test_health(ranges: list[float], health: ScanHealth) -> None:
    assert view_scan(raw(ranges), CENTRE, LIMITS).health is health


def test_a_blind_sector_across_the_seam_is_one() -> None:
    ranges = [math.nan] * 10 + [3.0] * 340 + [math.nan] * 10
    assert view_scan(raw(ranges), CENTRE, LIMITS).health is ScanHealth.INVALID


def test_too_near_to_measure_is_as_near_as_can_be_measured() -> None:
    view = view_scan(raw([-math.inf] + [3.0] * 359), CENTRE, LIMITS)
    assert np.hypot(*view.points[0]) == pytest.approx(0.12)


def test_without_its_place_on_the_robot_a_scan_is_worth_nothing() -> None:
    assert view_scan(raw([3.0] * 360), None, LIMITS).health is ScanHealth.NO_TRANSFORM


def test_a_stamp_that_does_not_advance_is_no_new_scan() -> None:
    monitor = ScanMonitor(LIMITS)
    assert monitor.accept(raw([3.0] * 360, 5.0), CENTRE, 0.0) is not None
    assert monitor.accept(raw([2.0] * 360, 5.0), CENTRE, 0.0) is None
    assert monitor.accept(raw([2.0] * 360, 4.9), CENTRE, 0.0) is None
    assert monitor.accept(raw([2.0] * 360, 0.1), CENTRE, 0.0) is not None  # the simulation was restarted


def test_the_same_data_while_moving_are_frozen_while_standing_they_are_not() -> None:
    monitor = ScanMonitor(LIMITS)
    for step in range(50):
        view = monitor.accept(raw([3.0] * 360, 1.0 + step), CENTRE, 0.0)
        assert view is not None
        assert view.health is ScanHealth.GOOD
    moved = monitor.accept(raw([3.0] * 360, 60.0), CENTRE, 0.2)
    assert moved is not None
    assert moved.health is ScanHealth.FROZEN
    changed = monitor.accept(raw([3.1] * 360, 61.0), CENTRE, 0.4)
    assert changed is not None
    assert changed.health is ScanHealth.GOOD
