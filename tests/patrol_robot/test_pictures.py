# SPDX-License-Identifier: Apache-2.0
import numpy as np

from patrol_robot.pictures import FACE_HEIGHT, MARK, annotate, decode, encode, side_by_side

GREY = np.full((120, 160, 3), 128, np.uint8)


def test_marks_the_face_on_a_copy() -> None:
    marked = annotate(GREY, (40, 30, 50, 60), "Ada 0.62")
    assert marked.shape[1] == 160 and marked.shape[0] > 120
    assert tuple(marked[30, 65]) == MARK
    assert tuple(marked[60, 65]) == (128, 128, 128)
    assert (GREY == 128).all()


def test_a_box_over_the_edge_is_drawn_as_far_as_it_goes() -> None:
    assert tuple(annotate(GREY, (-20, -20, 60, 60), "x")[40, 10]) == MARK


def test_both_faces_are_equally_high_and_missing_ones_leave_a_field() -> None:
    face = np.full((50, 40, 3), (255, 0, 0), np.uint8)
    both = side_by_side(face, GREY, "caption")
    blue = (both == (255, 0, 0)).all(axis=2).sum()
    assert blue == FACE_HEIGHT * round(40 * FACE_HEIGHT / 50)
    none = side_by_side(None, None, "caption")
    assert none.shape[1] == 2 * FACE_HEIGHT + 8


def test_a_name_of_any_script_and_length_is_no_obstacle() -> None:
    assert annotate(GREY, (0, 0, 10, 10), "이름 " * 40).shape[1] == 160


def test_encoding_comes_back_and_rubbish_is_no_picture() -> None:
    back = decode(encode(GREY))
    assert back is not None and abs(int(back.mean()) - 128) <= 1
    assert decode(b"") is None
    assert decode(b"\xff\xd8 not a picture") is None
