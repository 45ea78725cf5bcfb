# SPDX-License-Identifier: Apache-2.0
import signal

import pytest

from ronda_cli.errors import LaunchError
from ronda_cli.launch_cli import find, find_in_package


def test_a_file_is_found_by_its_path(tmp_path):
    file = tmp_path / "x.xml"
    file.touch()
    assert find(str(file)) == file


def test_a_launch_file_of_the_package_is_found_by_its_name(tmp_path, monkeypatch):
    folder = tmp_path / "share/ronda/launch"
    folder.mkdir(parents=True)
    (folder / "patrol.launch.xml").touch()
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(tmp_path))
    assert find("patrol") == find("patrol.launch.xml") == folder / "patrol.launch.xml"
    with pytest.raises(LaunchError) as refusal:
        find("patorl")
    assert refusal.value.hint == "did you mean 'patrol'?"


def test_a_launch_file_of_any_package_is_found_as_ros2_launch_finds_it(tmp_path):
    index = tmp_path / "share/ament_index/resource_index/packages"
    folder = tmp_path / "share/other/deep"
    for path in (index, folder):
        path.mkdir(parents=True)
    (index / "other").touch()
    (folder / "a.launch.xml").touch()
    environment = {"AMENT_PREFIX_PATH": str(tmp_path)}
    assert find_in_package("other", "a.launch.xml", environment) == folder / "a.launch.xml"
    for package, name in (("other", "b.launch.xml"), ("another", "a.launch.xml")):
        with pytest.raises(LaunchError):
            find_in_package(package, name, environment)


def test_show_args(launch):
    running = launch('<launch><arg name="robot" default="r1" description="Its name"/></launch>', "--show-args")
    assert running.end() == 0
    assert "  robot  (default: 'r1')" in running.lines and "      Its name" in running.lines


def test_bad_input_starts_nothing_and_ends_with_2(launch, tmp_path):
    running = launch(f'<launch><executable cmd="touch {tmp_path}/started"/><nodule/></launch>')
    assert running.end() == 2
    assert "<nodule>: unknown tag" in running.text
    assert not (tmp_path / "started").exists()


def test_an_evaluation_error_behind_a_process_starts_nothing(launch, tmp_path):
    running = launch(f'<launch><executable cmd="touch {tmp_path}/started"/><log message="$(var gone)"/></launch>')
    assert running.end() == 2
    assert not (tmp_path / "started").exists()


def test_ctrl_c_while_the_file_is_being_evaluated(launch, tmp_path, wait_until):
    sleeper = f"sh -c \\'touch {tmp_path}/evaluating\\; exec sleep 3600\\'"
    running = launch(
        f'<launch><let name="a" value="$(command \'{sleeper}\')"/><executable cmd="touch {tmp_path}/started"/></launch>'
    )
    wait_until((tmp_path / "evaluating").exists, "the command of the substitution")
    running.process.send_signal(signal.SIGINT)
    assert running.end() == 130
    assert not (tmp_path / "started").exists()


@pytest.mark.parametrize(("domain", "message"), [("999", "which is no domain"), ("x", "which is no domain")])
def test_a_wrong_domain_is_refused(launch, domain, message):
    running = launch("<launch/>", ROS_DOMAIN_ID=domain)
    assert running.end() == 2
    assert message in running.text
