# SPDX-License-Identifier: Apache-2.0
"""Photographs become boards with a life-size face, whatever their size and framing."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from face_perception.faces import Box
from robot_simulation.errors import PeopleError
from robot_simulation.people_pictures import FACE_WIDTH_M, life_size, main_face, read_picture

HERE = Path("p.jpg")
PICTURE = np.zeros((300, 300, 3), np.uint8)


@pytest.mark.parametrize(
    ("size", "face"),
    [
        ((400, 500), Box(150, 100, 250, 230)),
        ((112, 112), Box(6, 4, 106, 110)),
        ((6000, 4000), Box(1800, 900, 2700, 2000)),
        ((1200, 300), Box(100, 50, 200, 180)),
    ],
)
def test_face_is_life_size_at_eye_height(size: tuple[int, int], face: Box) -> None:
    picture = np.full((*size, 3), 200, np.uint8)
    eyes = int(face.top + 0.4 * face.height)
    picture[eyes - 2 : eyes + 3, int(face.left) : int(face.right)] = 0
    board = life_size(picture, face)
    rows, columns = np.where(board.texture[:, :, 0] < 60)
    metre = board.width_m / board.texture.shape[1]
    assert (columns.max() - columns.min() + 1) * metre == pytest.approx(FACE_WIDTH_M, rel=0.06)
    eye_height = board.centre_z_m + board.height_m / 2 - (rows.mean() + 0.5) / board.texture.shape[0] * board.height_m
    assert eye_height == pytest.approx(1.6, abs=0.01)
    assert 0.35 <= board.width_m <= 0.9
    assert board.height_m <= 0.9
    assert max(board.texture.shape) <= 1200


def test_main_face_is_the_largest() -> None:
    large, small = Box(0, 0, 100, 120), Box(200, 0, 250, 60)
    assert main_face([small, large], PICTURE, HERE) is large


def test_of_faces_of_the_same_size_it_is_the_one_in_the_middle() -> None:
    middle, aside = Box(110, 100, 200, 210), Box(5, 60, 100, 170)
    assert main_face([aside, middle], PICTURE, HERE) is middle


@pytest.mark.parametrize(
    ("faces", "said"),
    [
        ([], "no face found in p.jpg"),
        ([Box(0, 0, 100, 120), Box(200, 0, 295, 115)], "several faces"),
        ([Box(0, 0, 20, 25)], "only 20 pixels wide"),
    ],
)
def test_pictures_that_show_nobody_clearly_are_refused(faces: list[Box], said: str) -> None:
    with pytest.raises(PeopleError, match=said):
        main_face(faces, PICTURE, HERE)


def test_orientation_of_the_camera_is_applied(tmp_path: Path) -> None:
    from PIL import Image

    stored = Image.fromarray(np.zeros((40, 80, 3), np.uint8))
    exif = stored.getexif()
    exif[0x0112] = 6
    stored.save(tmp_path / "turned.jpg", exif=exif)
    assert read_picture(tmp_path / "turned.jpg").shape[:2] == (80, 40)


def test_unreadable_pictures_are_named(tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_text("no picture")
    (tmp_path / "empty.jpg").touch()
    for name in ("text.jpg", "empty.jpg", "none.jpg"):
        with pytest.raises(PeopleError, match=name):
            read_picture(tmp_path / name)


def test_grey_and_transparent_pictures_become_colour(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "grey.png"), np.zeros((9, 7), np.uint8))
    cv2.imwrite(str(tmp_path / "alpha.png"), np.zeros((9, 7, 4), np.uint8))
    assert read_picture(tmp_path / "grey.png").shape == (9, 7, 3)
    assert read_picture(tmp_path / "alpha.png").shape == (9, 7, 3)
