# SPDX-License-Identifier: Apache-2.0
import json

import cv2
import pytest
from tests.parking_robot.plates.scenes import plate_picture
from typer.testing import CliRunner

from parking_robot.errors import PlateError
from parking_robot.plates import evaluation
from parking_robot.plates_cli import app


@pytest.fixture
def folder(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), plate_picture("BA268AK"))
    (tmp_path / "t.csv").write_text("image,region,plate,x,y,width,height\na.png,eu,BA268AX,245,284,150,32\n")
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)


def test_pictures_are_read(folder):
    assert "BA268AK" in run("read", folder / "a.png", "--country", "sk").output
    (plate,) = json.loads(run("read", folder / "a.png", "--json", "--country", "SK").output)["plates"]
    assert (plate["plate"], plate["region"], len(plate["characters"])) == ("BA268AK", "SK", 7)


def evaluate(folder, *more):
    return run("evaluate", "--images", folder, "--truth", folder / "t.csv", *more)


def test_an_evaluation_writes_figures_and_a_sheet(folder):
    assert evaluate(folder, "--json", folder / "o.json", "--worst", folder / "w.png", "--regions").exit_code == 0
    figures = json.loads((folder / "o.json").read_text())
    assert (figures["exact_match"], figures["within_one"]) == (0.0, 1.0)
    assert set(figures) >= {"exact_match", "within_one", "folded_match", "detection_rate", "ms_per_frame", "by_region"}
    assert cv2.imread(str(folder / "w.png")).shape[0] >= 150
    assert not (folder / "o_worst.png").exists()


def test_the_sheet_lies_beside_the_figures_unless_it_is_named(folder):
    printed = evaluate(folder, "--json", folder / "o.json").output
    assert f"worst cases: {folder / 'o_worst.png'}" in printed
    assert cv2.imread(str(folder / "o_worst.png")).shape[0] >= 150
    assert "worst cases" not in evaluate(folder).output
    assert "worst cases" not in evaluate(folder, "--json", "/dev/null").output


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--json", "no/o.json"), "o.json cannot be written"),
        (("--worst", "no/w.png"), "w.png cannot be written"),
        (("--json", "."), "cannot be written"),
        (("--worst", "w.txt"), "no kind of picture"),
    ],
)
def test_a_file_that_cannot_be_written_is_named_before_the_work(folder, monkeypatch, words, why):
    monkeypatch.chdir(folder)
    monkeypatch.setattr(evaluation, "evaluate", None)
    with pytest.raises(PlateError, match=why):
        evaluate(folder, *words)


def test_wrong_words_are_clear(folder):
    with pytest.raises(PlateError, match="no readable picture"):
        run("read", folder / "t.csv")
    with pytest.raises(PlateError, match="no plate formats for 'XX'"):
        run("read", folder / "a.png", "--country", "xx")
