# SPDX-License-Identifier: Apache-2.0
import os

import pytest

from ronda_cli.doctor.devices import check
from ronda_cli.doctor.finding import Level


def test_nothing_connected_is_only_a_note(tmp_path):
    assert [(f.name, f.level) for f in check(tmp_path)] == [("camera", Level.NOTE), ("serial port", Level.NOTE)]


def test_what_is_connected_is_named(tmp_path):
    (tmp_path / "video0").touch()
    (tmp_path / "ttyUSB1").touch()
    camera, serial = check(tmp_path)
    assert (camera.level, camera.message) == (Level.OK, str(tmp_path / "video0"))
    assert (serial.level, serial.message) == (Level.OK, str(tmp_path / "ttyUSB1"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open everything")
def test_what_may_not_be_opened_comes_with_the_group(tmp_path):
    (tmp_path / "video0").touch(mode=0o000)
    camera, _ = check(tmp_path)
    assert camera.level is Level.OPTIONAL and "-aG video" in camera.fix
