# SPDX-License-Identifier: Apache-2.0
import json

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from face_perception.cli import app
from face_perception.errors import EvaluationError
from face_perception.liveness_evaluation import BONA_FIDE, pictures_in, present, report
from face_perception.spoofs import ATTACKS, bona_fide

NAN = float("nan")


def test_rates_count_what_passes_and_what_is_refused():
    scores = {BONA_FIDE: [0.9, 0.8, 0.4, NAN], "print": [0.6, 0.1, 0.2, NAN], "screen": [0.1, 0.1, 0.1, 0.1]}
    result = report(scores, [0.5])
    at = result["at_threshold"]["0.5"]
    # A living face that is not found is refused, an attack whose face is not found is stopped.
    assert at["bpcer"]["value"] == 0.5 and at["apcer"]["print"]["value"] == 0.25
    assert at["apcer"]["screen"] == {"value": 0.0, "low": 0.0, "high": 0.75}
    assert result["not_found"] == {BONA_FIDE: 1, "print": 1, "screen": 0} and result["pictures"] == 4


def test_nothing_to_measure_is_refused(tmp_path, analyser, people):
    with pytest.raises(EvaluationError, match="no picture shows a face"):
        report({BONA_FIDE: [], "print": []})
    with pytest.raises(EvaluationError, match="holds no pictures"):
        pictures_in(tmp_path, 5)
    with pytest.raises(EvaluationError, match="no liveness model"):
        present(analyser, pictures_in(people, 1), 1)


def test_pictures_are_spread_over_the_folder(people):
    chosen = pictures_in(people, 3)
    assert len(chosen) == len(set(chosen)) == 3
    assert len({path.parent for path in chosen}) > 1


def test_attacks_change_the_face_and_leave_it_recognisable(analyser, obama):
    picture = cv2.resize(obama[1], None, fx=400 / obama[1].shape[1], fy=400 / obama[1].shape[1])
    [face] = analyser.analyse(picture, limit=1)
    for kind, make in {"bona fide": bona_fide, **ATTACKS}.items():
        frame = make(picture, face.box, np.random.default_rng(2))
        again = make(picture, face.box, np.random.default_rng(2))
        assert frame.shape == picture.shape and np.array_equal(frame, again), kind
        # An attack that no longer looks like the person would attack nothing.
        best = max(float(seen.template @ face.template) for seen in analyser.analyse(frame))
        assert best > 0.5, kind


def test_the_command_writes_the_figures_and_samples(people, tmp_path):
    words = ["evaluate-liveness", "--images", people / "strangers", "--limit", 2, "--views", 1]
    words += ["--json", tmp_path / "out" / "liveness.json", "--samples", tmp_path / "samples"]
    done = CliRunner().invoke(app, [*map(str, words)], catch_exceptions=False)
    assert done.exit_code == 0
    result = json.loads((tmp_path / "out" / "liveness.json").read_text())
    assert result["simulated"] is True and result["pictures"] == 2 and result["views"] == 1
    assert set(result["at_threshold"]["0.5"]["apcer"]) == set(ATTACKS)
    assert len(list((tmp_path / "samples").glob("*.jpg"))) == 1 + len(ATTACKS)
