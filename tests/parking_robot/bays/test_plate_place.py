# SPDX-License-Identifier: Apache-2.0
import math

import cv2
import numpy as np
import pytest

from face_perception.ranging import Intrinsics
from parking_robot.bays.plate_place import locate_plate

CAMERA = Intrinsics(554.0, 554.0, 320.0, 240.0)
MATRIX = np.array([[554.0, 0.0, 320.0], [0.0, 554.0, 240.0], [0.0, 0.0, 1.0]])


def corners(at, turn_deg, size):
    """The corners of a vertical plate at a place in front of the camera, turned about its vertical, in pixels."""
    width, height = size
    half = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * (width / 2, height / 2, 0.0)
    spin = cv2.Rodrigues(np.array([0.0, math.radians(turn_deg), 0.0]))[0]
    pixels, _ = cv2.projectPoints(half @ spin.T + at, np.zeros(3), np.zeros(3), MATRIX, None)
    return pixels.reshape(4, 2).astype(np.float32)


@pytest.mark.parametrize(("region", "size"), [("DE", (0.52, 0.11)), ("US-CA", (0.305, 0.152)), ("", (0.52, 0.11))])
@pytest.mark.parametrize("turn_deg", [0, 15, 60])
def test_a_plate_is_placed_by_its_corners_also_when_it_is_turned(region, size, turn_deg):
    at = (0.8, 0.5, 4.0)
    assert locate_plate(corners(at, turn_deg, size), region, CAMERA) == pytest.approx(at, rel=0.06, abs=0.05)
