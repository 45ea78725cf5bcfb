# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from face_perception.calibration import Calibration, dump, from_scores, load_calibration
from face_perception.errors import CalibrationError

LINEAR = Calibration("r", "test", 100_000, 500, ((1e-4, 0.4), (1e-3, 0.3), (1e-2, 0.2), (1e-1, 0.1)))


def test_threshold_is_the_score_of_the_rate():
    assert LINEAR.threshold(1e-3, 1) == pytest.approx(0.3)
    assert LINEAR.threshold(3.16e-3, 1) == pytest.approx(0.25, abs=1e-3)


def test_longer_lists_need_higher_thresholds():
    assert LINEAR.threshold(1e-2, 10) == pytest.approx(0.3, abs=1e-3)
    thresholds = [LINEAR.threshold(1e-2, size) for size in (0, 1, 10, 100, 10_000)]
    assert thresholds == sorted(thresholds)


def test_rates_below_the_measured_ones_are_extrapolated_upwards():
    assert LINEAR.threshold(1e-5, 1) == pytest.approx(0.5)
    assert LINEAR.threshold(1e-9, 1_000_000) < 1


def test_the_spread_is_the_reach_of_different_peoples_cosines():
    assert LINEAR.cosine(1e-2) == pytest.approx(0.2) and LINEAR.spread == pytest.approx(0.3)


@pytest.mark.parametrize("rate", [0.0, 1.0, -1.0, 2.0])
def test_impossible_rates_are_refused(rate):
    with pytest.raises(CalibrationError, match="no probability"):
        LINEAR.threshold(rate, 1)


def test_calibrated_threshold_holds_on_fresh_scores():
    rng = np.random.default_rng(4)
    calibration = from_scores("r", "test", rng.normal(0, 0.1, 300_000).astype(np.float32), 800)
    fresh = rng.normal(0, 0.1, 300_000)
    for rate in (1e-2, 1e-3):
        share = (fresh > calibration.threshold(rate, 1)).mean()
        assert 0.7 * rate < share < 1.4 * rate


def test_too_few_comparisons_are_refused():
    with pytest.raises(CalibrationError, match="1000 are needed"):
        from_scores("r", "test", np.zeros(999, np.float32), 10)


def test_file_round_trip_and_missing_recogniser(tmp_path):
    path = tmp_path / "calibration.yaml"
    path.write_text(dump([LINEAR]))
    assert load_calibration("r", path) == LINEAR
    with pytest.raises(CalibrationError, match="no calibration for the recogniser x"):
        load_calibration("x", path)


def test_built_in_profiles_are_calibrated(analyser):
    assert 0.3 < load_calibration(analyser.recogniser.identity).threshold(1e-3, 10) < 0.6
