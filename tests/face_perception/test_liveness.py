# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from face_perception.analyser import Analyser
from face_perception.profiles import load_profile

WITH_LIVENESS = """
checked:
  detector: {model: centerface, score: 0.4}
  recognisers: [{model: mobilefacenet}]
  liveness: liveness-minifasnet
"""


@pytest.fixture
def checked(tmp_path, registry):
    (tmp_path / "profiles.yaml").write_text(WITH_LIVENESS)
    return Analyser.load(load_profile("checked", tmp_path / "profiles.yaml"), registry)


def on_a_screen(picture, box):
    """The picture as a tablet would show it: pixel grid, glare, and a dark bezel around the head."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width]
    grid = 1 + 0.25 * np.sin(x * 2.1) * np.sin(y * 2.3)
    shown = np.clip(picture * grid[:, :, None] * 1.1 + 12, 0, 255).astype(np.uint8)
    frame = box.grown(1.9)
    outside = (x < frame.left) | (x > frame.right) | (y < frame.top) | (y > frame.bottom)
    shown[outside] = 15
    return shown


def test_scores_are_probabilities_and_screens_score_lower(checked, strangers, obama):
    real, shown = [], []
    for picture in [*strangers, *obama]:
        [face] = checked.analyse(picture, limit=1)
        real.append(face.liveness)
        shown.append(checked.describe(on_a_screen(picture, face.box), checked.detect(picture)[0]).liveness)
    assert all(0 <= score <= 1 for score in real + shown)
    assert np.mean(shown) < np.mean(real) - 0.2


def test_profiles_without_a_model_measure_nothing(analyser, strangers):
    assert analyser.analyse(strangers[1], limit=1)[0].liveness is None
