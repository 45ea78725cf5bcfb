# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.robot_simulation.small_world import write_robot, write_world

from ronda_cli.main import main


@pytest.fixture
def files(tmp_path):
    return [str(write_world(tmp_path)), str(write_robot(tmp_path))]


def test_runs_a_second_and_says_where_the_robot_ends(files, capsys):
    assert main(["sim", "run", *files, "--duration", "1"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("1.000 s in ")
    assert "robot at 0.000 0.000 m" in printed.replace("-0.000", "0.000")


def test_a_viewer_without_a_display_is_refused(files, capsys, monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert main(["sim", "run", *files, "--viewer"]) == 2
    printed = capsys.readouterr()
    assert "the viewer needs a display" in printed.err
    assert "leave --viewer out" in printed.err
    assert printed.out == ""


def test_checks_worlds_and_robots(files, capsys):
    assert main(["sim", "check", *files]) == 0
    world, robot = capsys.readouterr().out.splitlines()
    assert world.endswith("world 'small', 2 models, 0 actors, 4 shapes")
    assert robot.endswith("robot 'small', 4 links, drive: yes, 1 lidars, 0 cameras, 1 imus")


def test_a_missing_file_is_named(tmp_path, capsys):
    assert main(["sim", "check", str(tmp_path / "none.sdf")]) == 2
    assert "none.sdf: cannot be read" in capsys.readouterr().err
