# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from robot_navigation.errors import MapFileError
from robot_navigation.grid import GridMap
from robot_navigation.map_file import load_map, save_map
from ronda_core.errors import RondaError


def sample() -> GridMap:
    cells = np.full((4, 6), -1, np.int8)
    cells[0, :3] = 0
    cells[3, 5] = 100
    return GridMap(cells, 0.05, -1.5, 2.25)


def test_unknown_free_and_occupied_come_back_exactly(tmp_path):
    path, _ = save_map(sample(), tmp_path / "site")
    again = load_map(path)
    assert np.array_equal(again.cells, sample().cells)
    assert (again.resolution, again.origin_x, again.origin_y) == (0.05, -1.5, 2.25)


def test_the_first_row_of_the_picture_is_the_highest_y(tmp_path):
    _, picture = save_map(sample(), tmp_path / "site")
    pixels = np.frombuffer(picture.read_bytes()[-24:], np.uint8).reshape(4, 6)
    assert pixels[0, 5] == 0 and pixels[3, 0] == 254 and pixels[1, 1] == 205


def write(tmp_path, **changes):
    path, _ = save_map(sample(), tmp_path / "site")
    import yaml

    values = yaml.safe_load(path.read_text()) | changes
    path.write_text(yaml.safe_dump({key: value for key, value in values.items() if value is not None}))
    return path


def test_scale_mode_keeps_the_shades_between_and_raw_mode_the_values(tmp_path):
    path = write(tmp_path, mode="scale", free_thresh=0.1, occupied_thresh=0.9)
    assert 1 <= load_map(path).cells[1, 1] <= 98
    raw = load_map(write(tmp_path, mode="raw")).cells
    assert raw[3, 5] == 0 and raw[0, 0] == -1


def test_negate_swaps_black_and_white(tmp_path):
    cells = load_map(write(tmp_path, negate=1)).cells
    assert cells[3, 5] == 0 and cells[0, 0] == 100


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"image": "other.pgm"}, "does not exist"),
        ({"image": None}, "'image' is missing"),
        ({"mode": "colour"}, "unknown mode"),
        ({"resolution": 0}, "must be positive"),
        ({"resolution": "fine"}, "must be a number"),
        ({"origin": [0, 0]}, "origin must be"),
        ({"origin": [0, 0, 0.5]}, "yaw"),
        ({"resolutoin": 1}, "resolutoin"),
    ],
)
def test_a_bad_map_file_is_refused_with_the_reason(tmp_path, changes, words):
    with pytest.raises(RondaError, match=words):
        load_map(write(tmp_path, **changes))


def test_a_missing_file_names_the_way_to_make_one(tmp_path):
    with pytest.raises(MapFileError) as caught:
        load_map(tmp_path / "none.yaml")
    assert "ronda map from-world" in caught.value.hint
