# SPDX-License-Identifier: Apache-2.0
import cv2
import pytest
from tests.parking_robot.plates.scenes import plate_picture

from parking_robot.errors import PlateError
from parking_robot.plates.chain import PlateChain, load_settings
from parking_robot.plates.evaluation import Outcome, Truth, evaluate, load_picture, load_truth, region_priors, summary
from parking_robot.plates.geometry import Box

HEADER = "image,region,plate,x,y,width,height\n"


def outcome(plate, text, overlap=0.8, region="eu", milliseconds=10.0):
    return Outcome(Truth("a.jpg", region, plate, Box(0, 0, 1, 1)), text, "", overlap, milliseconds)


def test_the_figures_are_counted_as_named():
    figures = summary(
        [outcome("AB12", "AB12"), outcome("AB10", "AB1O"), outcome("AB12", "AC1"), outcome("AB12", "", 0.0, "us", 50.0)]
    )
    assert (figures["exact_match"], figures["within_one"], figures["folded_match"]) == (0.25, 0.5, 0.5)
    assert figures["detection_rate"] == 0.75
    assert figures["ms_per_frame"]["p50"] == 10.0
    assert figures["by_region"]["us"]["exact_match"] == 0.0


def test_a_folder_is_evaluated(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), plate_picture("BA268AK"))
    (tmp_path / "t.csv").write_text(HEADER + "a.png,eu,BA268AK,245,284,150,32\n")
    clock = iter(range(100)).__next__
    found = evaluate(PlateChain(load_settings()), load_truth(tmp_path / "t.csv"), tmp_path, clock, with_regions=True)
    figures = summary(found)
    assert (figures["exact_match"], figures["detection_rate"], figures["ms_per_frame"]["p50"]) == (1.0, 1.0, 1000.0)


@pytest.mark.parametrize("rows", ["", "a.png,eu,AB1,1,2,3\n", "a.png,eu,AB1,x,2,3,4\n", "a.png,eu,🚗,1,2,3,4\n"])
def test_wrong_truth_files_are_refused(tmp_path, rows):
    (tmp_path / "t.csv").write_text(HEADER + rows)
    with pytest.raises(PlateError):
        load_truth(tmp_path / "t.csv")


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff", b"no picture"])
def test_broken_pictures_are_refused(tmp_path, content):
    (tmp_path / "a.jpg").write_bytes(content)
    with pytest.raises(PlateError, match="no readable picture"):
        load_picture(tmp_path / "a.jpg")
    with pytest.raises(PlateError, match="no readable picture"):
        load_picture(tmp_path / "missing.jpg")


def test_a_region_names_its_countries():
    assert region_priors("us") == {"US": 1.0}
    assert "SK" in region_priors("eu") and "US" not in region_priors("eu")
