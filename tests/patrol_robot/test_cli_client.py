# SPDX-License-Identifier: Apache-2.0
"""`ronda patrol` as a person types it, against the real patrol node."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from ronda.msg import PatrolState
from tests.patrol_robot.graph import Graph, graph
from tests.patrol_robot.navigation_stand_in import ROUTE, Navigation

from patrol_robot.patrol_node import PatrolNode

pytestmark = pytest.mark.live
LIMIT_S = 60.0


class Robot:
    """The patrol node of `r1` and a navigation that the test tells what to answer."""

    def __init__(self, running: Graph) -> None:
        self.graph = running
        self.navigation: Navigation = running.add(Navigation([]))
        self.node: PatrolNode = running.add(PatrolNode())

    def begin(self, *words: str | Path) -> subprocess.Popen[str]:
        """Start a command."""
        return subprocess.Popen(
            [sys.executable, "-m", "ronda_cli", "patrol", *map(str, words), "--robot", "r1"],
            env={**os.environ, "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def end(self, command: subprocess.Popen[str]) -> tuple[int, str, str]:
        """Let the robot work until the command has ended; returns its exit code and what it printed."""
        self.graph.until(lambda: command.poll() is not None, LIMIT_S, "the command's end")
        out, err = command.communicate()
        assert "Traceback" not in err
        return command.returncode, out, err

    def run(self, *words: str | Path) -> tuple[int, str, str]:
        return self.end(self.begin(*words))

    def until_driving(self) -> None:
        self.graph.until(lambda: self.navigation.goals, LIMIT_S, "the first drive")


@pytest.fixture
def robot() -> Iterator[Robot]:
    with graph(namespace="r1") as running:
        yield Robot(running)


@pytest.fixture
def route(tmp_path: Path) -> Path:
    path = tmp_path / "route.yaml"
    path.write_text(ROUTE)
    return path


def test_a_followed_round_tells_each_waypoint_and_what_was_missed(robot: Robot, route: Path) -> None:
    robot.navigation.answers = [0, 9004, 9004, 0]
    code, out, _ = robot.run("start", "--route", route)
    lines = out.splitlines()
    assert lines[0] == "route 'hall' with 3 waypoints"
    assert lines[-2].startswith("missed b: ") and "blocked by a trolley" in lines[-2]
    assert lines[-1] == "2 waypoints reached, 1 laps"
    assert code == 1, "a missed waypoint is no success"


def test_a_round_is_paused_resumed_watched_and_stopped(robot: Robot, route: Path) -> None:
    robot.navigation.answers = ["drive", "drive"]
    assert robot.run("start", "--route", route, "--no-wait")[:2] == (0, "route 'hall' with 3 waypoints\nstarted\n")
    robot.until_driving()
    assert robot.run("pause")[:2] == (0, "paused at 'a'\n")
    code, out, _ = robot.run("status")
    assert code == 0
    assert out.splitlines()[:2] == ["paused: paused: by an operator", "route 'hall', waypoint 1 of 3 a, lap 1"]
    code, _, err = robot.run("start")
    assert code == 2 and "a round is under way" in err and "ronda patrol stop" in err
    assert robot.run("resume")[:2] == (0, "going on to 'a'\n")
    assert robot.run("stop")[:2] == (0, "stopped\n")
    robot.graph.until(lambda: robot.node._mission is not None and not robot.node._mission.under_way)
    assert robot.run("stop")[:2] == (0, "no round was under way\n")
    code, out, err = robot.run("resume")
    assert (code, out, err) == (1, "", "no round is paused\n")


def test_ctrl_c_stops_the_robot_too(robot: Robot, route: Path) -> None:
    robot.navigation.answers = ["drive"]
    command = robot.begin("start", "--route", route)
    robot.until_driving()
    command.send_signal(signal.SIGINT)
    code, out, _ = robot.end(command)
    assert code != 0
    assert "stopping" in out.splitlines()
    robot.graph.until(lambda: robot.navigation.cancelled)
    assert robot.navigation.cancelled == [(1.0, 1.0)]
    assert robot.node._shown[0] == PatrolState.STOPPED


def test_a_route_that_the_robot_refuses_and_one_that_is_not_there(robot: Robot, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("route: {name: hall, frame: map, waypoints: [{name: a, x: 1.0, z: 1.0}]}")
    code, _, err = robot.run("start", "--route", bad)
    assert code == 2 and "the robot refuses the route" in err and "'z'" in err
    code, _, err = robot.run("start", "--route", tmp_path / "none.yaml")
    assert code == 2 and "cannot read route" in err and "none.yaml" in err


def test_a_robot_that_is_not_there_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ronda_cli", "patrol", "status", "--robot", "nobody"],
        capture_output=True, text=True, timeout=LIMIT_S,
    )  # fmt: skip
    assert done.returncode == 2
    assert "robot 'nobody' does not answer" in done.stderr
    assert "ronda launch patrol" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_robot_that_goes_away_amid_the_round_ends_the_wait(route: Path) -> None:
    with graph(namespace="r1") as running:
        robot = Robot(running)
        robot.navigation.answers = ["drive"]
        command = robot.begin("start", "--route", route)
        robot.until_driving()
    _, err = command.communicate(timeout=LIMIT_S)
    assert command.returncode == 2
    assert "went away amid the round" in err
    assert "Traceback" not in err
