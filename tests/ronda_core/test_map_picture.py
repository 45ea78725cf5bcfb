# SPDX-License-Identifier: Apache-2.0
import cv2
import numpy as np

from ronda_core.map_picture import FREE, UNKNOWN, WALL, map_picture


def test_the_picture_shows_the_grid_with_north_up() -> None:
    cells = np.array([[0, 100, 0], [-1, 0, 0]], np.int8)
    drawn = map_picture(cells, 0.5, origin_x=-1.0, origin_y=2.0)
    pixels = cv2.imdecode(np.frombuffer(drawn.png, np.uint8), cv2.IMREAD_COLOR)
    assert pixels.shape == (2, 3, 3)
    assert tuple(pixels[1, 1]) == WALL
    assert tuple(pixels[0, 0]) == UNKNOWN
    assert tuple(pixels[1, 0]) == FREE


def test_places_land_on_their_pixels() -> None:
    drawn = map_picture(np.zeros((20, 40), np.int8), 0.1, origin_x=-1.0, origin_y=2.0)
    assert drawn.pixel(-1.0, 2.0) == (0.0, 20.0)
    column, row = drawn.pixel(1.0, 3.0)
    assert (round(column), round(row)) == (20, 10)
