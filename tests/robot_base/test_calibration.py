# SPDX-License-Identifier: Apache-2.0
"""The fit, on drives whose geometry is known."""

import math
import random

import pytest

from robot_base.calibration import Leg, calibrate
from robot_base.errors import CalibrationError
from robot_base.kinematics import DifferentialDrive

NOMINAL = DifferentialDrive(0.09, 0.36)


def drive(scale: float, separation: float, noise: float = 0.0) -> list[Leg]:
    """Two squares of a robot whose true radius is scale * nominal."""
    rng, legs = random.Random(1), []
    for turn in [math.pi / 2] * 4 + [-math.pi / 2] * 4:
        way = 1.5 / scale
        legs.append(Leg(way, way, 1.5 + rng.gauss(0, noise), 0.0))
        half = turn * separation / 2 / scale
        legs.append(Leg(-half, half, 0.0, turn + rng.gauss(0, noise)))
    return legs


@pytest.mark.parametrize(("scale", "separation"), [(1.0, 0.36), (1.03, 0.34), (0.95, 0.40)])
def test_the_geometry_comes_out(scale: float, separation: float) -> None:
    result = calibrate(drive(scale, separation), NOMINAL)
    assert result.wheel_radius == pytest.approx(0.09 * scale)
    assert result.wheel_separation == pytest.approx(separation)
    assert result.residual_distance == pytest.approx(0.0, abs=1e-9)


def test_noise_shows_in_the_residual() -> None:
    result = calibrate(drive(1.02, 0.36, noise=0.01), NOMINAL)
    assert result.wheel_radius == pytest.approx(0.0918, rel=0.01)
    assert 0.001 < result.residual_distance < 0.05


def test_a_drive_that_cannot_tell_is_refused() -> None:
    with pytest.raises(CalibrationError, match="not enough"):
        calibrate([Leg(1, 1, 1, 0)], NOMINAL)
    with pytest.raises(CalibrationError, match="did not turn"):
        calibrate([Leg(0, 0, 1, 0), Leg(0, 0, 0, 1.5)], NOMINAL)
    with pytest.raises(CalibrationError, match="too far"):
        calibrate(drive(2.0, 0.36), NOMINAL)
