# SPDX-License-Identifier: Apache-2.0
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from face_perception.cli import app
from face_perception.errors import EvaluationError
from face_perception.evaluation import calibrate, search_open_set, verify
from face_perception.picture_folder import Pair, people_in, read_pairs


def crowd(count, pictures, noise, seed=0, size=64):
    """Templates of `count` people whose pictures differ by `noise`."""
    rng = np.random.default_rng(seed)
    people, templates = {}, {}
    for number in range(count):
        own = rng.normal(size=size)
        name = f"person{number:04d}"
        people[name] = [Path(name) / f"{index}.jpg" for index in range(pictures if number % 2 else 1)]
        for path in people[name]:
            vector = own + noise * rng.normal(size=size)
            templates[path] = (vector / np.linalg.norm(vector)).astype(np.float32)
    return people, templates


def test_clear_people_are_all_found():
    people, templates = crowd(400, 3, 0.1)
    result = search_open_set(people, templates, 150, 3)
    assert result["rank1"] == 1.0
    fnir = result["fnir_at_fpir_0.01"]
    assert fnir["value"] == 0.0 and 0 < fnir["high"] < 0.05
    assert result["nonmated_searches"] == 3 * 250


def test_blurred_people_are_missed_and_more_so_at_the_stricter_rate():
    people, templates = crowd(400, 3, 1.6)
    result = search_open_set(people, templates, 150, 3)
    assert 0.05 < result["fnir_at_fpir_0.01"]["value"] <= result["fnir_at_fpir_0.003"]["value"] < 1


def test_a_picture_without_a_face_is_a_miss():
    people, templates = crowd(400, 3, 0.1)
    for name, pictures in people.items():
        if len(pictures) > 1 and int(name[-1]) == 3:
            for path in pictures[1:]:
                templates.pop(path)
    assert search_open_set(people, templates, 150, 3)["fnir_at_fpir_0.01"]["value"] > 0.1


def test_too_large_a_gallery_is_refused():
    people, templates = crowd(100, 2, 0.1)
    with pytest.raises(EvaluationError, match="too few for a gallery of 80"):
        search_open_set(people, templates, 80, 1)


def test_pairs_without_a_template_count_against_the_system():
    _, templates = crowd(4, 2, 0.0)
    paths = sorted(templates)
    pairs = [
        Pair(Path("person0001/0.jpg"), Path("person0001/1.jpg"), True, 0),
        Pair(Path("person0001/0.jpg"), Path("lost.jpg"), True, 1),
        Pair(paths[0], Path("person0003/0.jpg"), False, 0),
        Pair(paths[0], Path("person0001/0.jpg"), False, 1),
    ]
    result = verify(pairs, templates)
    assert result["failures_to_enrol"] == 1 and result["tar_at_far_1e-3"] == 0.5


def test_calibration_compares_different_people_only():
    people, templates = crowd(120, 2, 0.0)
    made = calibrate("r", people, templates, "made up")
    pictures = [len(paths) for paths in people.values()]
    total = sum(pictures)
    same = sum(count * (count - 1) // 2 for count in pictures)
    assert made.comparisons == total * (total - 1) // 2 - same
    assert max(score for _, score in made.quantiles) < 0.9


@pytest.fixture
def lfw(tmp_path, people):
    """Six pictures of three people in LFW's names."""
    sources = {
        "Guest": [people / "watchlist" / "Demo Guest" / name for name in ("enrol_1.jpg", "world.jpg")],
        "Obama": [people / "watchlist" / "Barack Obama" / name for name in ("enrol_1.jpg", "world.jpg")],
        "One": [people / "strangers" / "Stranger 2.jpg"] * 2,
    }
    for name, paths in sources.items():
        (tmp_path / "lfw" / name).mkdir(parents=True)
        for index, path in enumerate(paths, start=1):
            picture = cv2.imread(str(path))
            scale = 400 / max(picture.shape)
            cv2.imwrite(
                str(tmp_path / "lfw" / name / f"{name}_{index:04d}.jpg"),
                cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA),
            )
    lines = ["2\t2", "Guest\t1\t2", "Obama\t1\t2", "Guest\t1\tObama\t2", "One\t1\tObama\t1"]
    lines += ["One\t1\t2", "Obama\t2\t1", "One\t2\tGuest\t2", "Guest\t2\tObama\t2"]
    (tmp_path / "pairs.txt").write_text("\n".join(lines) + "\n")
    return tmp_path


def test_evaluate_writes_the_figures_and_goes_on_from_its_cache(lfw):
    def run(out):
        words = ["evaluate", "--images", lfw / "lfw", "--pairs", lfw / "pairs.txt", "--json", lfw / out]
        words += ["--cache", lfw / "cache.db", "--profile", "fast", "--plots", lfw / "plots"]
        result = CliRunner().invoke(app, [*map(str, words)], catch_exceptions=False)
        assert result.exit_code == 0
        return json.loads((lfw / out).read_text())

    first = run("one.json")
    assert first["accuracy"] == 1.0 and first["pairs"] == 8 and first["failures_to_enrol"] == 0
    assert first["tar_at_far_1e-3"] == 1.0 and first["auc"] == 1.0 and first["ms_per_face"] > 0
    assert first["models"]["recognisers"] == ["fr-feature", "mobilefacenet"]
    assert (lfw / "plots" / "roc.png").stat().st_size > 1000
    assert run("two.json") == first


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("nonsense\n", "line 1"),
        ("2\t2\nGuest\tx\t2\n", "line 2"),
        ("2\t2\nGuest\t1\t9\n", "Guest_0009 is missing"),
        ("2\t2\nGuest\t1\t2\n", "pairs of one person and of two"),
    ],
)
def test_bad_pair_files_are_refused(lfw, text, word):
    (lfw / "pairs.txt").write_text(text)
    with pytest.raises(EvaluationError, match=word):
        read_pairs(lfw / "pairs.txt", lfw / "lfw")


def test_a_folder_without_people_is_refused(tmp_path):
    with pytest.raises(EvaluationError, match="0 people"):
        people_in(tmp_path)
