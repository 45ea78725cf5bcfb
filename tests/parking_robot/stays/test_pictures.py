# SPDX-License-Identifier: Apache-2.0
import hashlib
import os
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from parking_robot.errors import ParkingError
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.pictures import PictureStore, needed_pictures
from parking_robot.stays.reviews import ReviewVerdict, decide_review, open_review

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OLD = (NOW - timedelta(days=40)).timestamp()


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


def picture(shade):
    return np.full((48, 64, 3), shade, np.uint8)


def test_old_pictures_go_and_those_of_open_cases_stay(tmp_path):
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    store = PictureStore(tmp_path / "pictures")
    old, disputed, settled, new = (store.keep(picture(shade))[0] for shade in (10, 20, 30, 40))
    for name in (old, disputed, settled):
        os.utime(store.path(name), (OLD, OLD))
    broken = store.path(old).with_suffix(".part")
    broken.write_bytes(b"half")
    os.utime(broken, (OLD, OLD))
    (tmp_path / "pictures" / "note.txt").write_text("not the store's")
    open_review(ledger, "unread", NOW, "a", picture=disputed)
    open_review(ledger, "unread", NOW, "b", picture=settled)
    open_review(ledger, "alarm", NOW, "c")
    decide_review(ledger, 2, ReviewVerdict.ACCEPT, "Mara", NOW)
    needed = needed_pictures(ledger)
    ledger.close()
    assert needed == {disputed}
    os.utime(store.path(new), (NOW.timestamp(), NOW.timestamp()))
    assert store.drop_older(30, NOW, needed) == 3
    left = {file.name for file in (tmp_path / "pictures").rglob("*.*")}
    assert left == {f"{disputed}.jpg", f"{new}.jpg", "note.txt"}


def test_a_picture_is_kept_up_to_its_last_day(tmp_path):
    store = PictureStore(tmp_path)
    path = store.path(store.keep(picture(10))[0])
    os.utime(path, (OLD, OLD))
    assert store.drop_older(40, NOW, frozenset()) == 0
    assert store.drop_older(39, NOW, frozenset()) == 1
    assert PictureStore(tmp_path / "none yet").drop_older(1, NOW, frozenset()) == 0


def test_a_picture_that_cannot_be_deleted_is_named(tmp_path):
    store = PictureStore(tmp_path)
    path = store.path(store.keep(picture(10))[0])
    path.unlink()
    path.mkdir()
    os.utime(path, (OLD, OLD))
    with pytest.raises(ParkingError, match="could not be deleted"):
        store.drop_older(1, NOW, frozenset())
