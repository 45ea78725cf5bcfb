# SPDX-License-Identifier: Apache-2.0
import hashlib

import numpy as np
import pytest

from parking_robot.errors import ParkingError
from parking_robot.gates.pictures import PictureStore


def test_a_picture_is_named_by_what_is_in_it(tmp_path):
    store = PictureStore(tmp_path)
    name, jpeg = store.keep(np.full((48, 64, 3), 90, np.uint8))
    assert store.path(name).read_bytes() == jpeg
    assert hashlib.sha256(jpeg).hexdigest() == name
    assert [file.name for file in tmp_path.rglob("*.*")] == [f"{name}.jpg"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ParkingError, match="could not be kept"):
        PictureStore(tmp_path / "file").keep(np.zeros((8, 8, 3), np.uint8))
