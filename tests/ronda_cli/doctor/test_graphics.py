# SPDX-License-Identifier: Apache-2.0
from ronda_cli.doctor.finding import Level
from ronda_cli.doctor.graphics import check, renders


def test_a_way_of_rendering_that_does_not_exist_fails_with_a_reason():
    assert renders("no-such-backend")


def test_display_follows_the_environment(monkeypatch):
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    assert check()[-1].level is Level.OK
    monkeypatch.delenv("DISPLAY")
    assert check()[-1].level is Level.NOTE
