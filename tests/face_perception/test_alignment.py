# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from face_perception.alignment import REFERENCE, SIDE, align, similarity


@given(angle=st.floats(-3.1, 3.1), scale=st.floats(0.1, 8.0), x=st.floats(-500, 500), y=st.floats(-500, 500))
def test_similarity_undoes_turn_scale_and_shift(angle, scale, x, y):
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = REFERENCE @ turn.T + (x, y)
    matrix = similarity(points)
    assert points @ matrix[:, :2].T + matrix[:, 2] == pytest.approx(REFERENCE, abs=1e-3)


def test_similarity_never_mirrors():
    mirrored = REFERENCE * (-1, 1)
    assert np.linalg.det(similarity(mirrored.astype(np.float32))[:, :2]) > 0


def test_aligned_faces_of_different_sizes_look_alike(analyser, strangers):
    import cv2

    picture = strangers[0]
    half = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    squares = []
    for one in (picture, half):
        [face] = analyser.analyse(one, limit=1)
        squares.append(align(one, face.points).astype(float))
    assert squares[0].shape == (SIDE, SIDE, 3)
    assert np.abs(squares[0] - squares[1]).mean() < 8
