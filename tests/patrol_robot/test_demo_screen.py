# SPDX-License-Identifier: Apache-2.0
import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from ronda.msg import Incident, PatrolState
from tests.patrol_robot.factories import match

from patrol_robot.demo_figures import Alert, RoundFigures, RouteOutcome, report
from patrol_robot.demo_judge import Judgement
from patrol_robot.demo_screen import Screen
from patrol_robot.demo_watch import View
from patrol_robot.errors import DemoError


@pytest.fixture
def paper() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def screen(paper: io.StringIO) -> Screen:
    return Screen(Console(file=paper, width=200))


def document(*, missed: tuple[tuple[str, str], ...] = (), message: str = "") -> dict[str, Any]:
    outcome = RouteOutcome("hall", 4, 4 - len(missed), missed, completed=not message, message=message)
    alert = Alert("i-1", match().person_name, 0.62, 12.4, (3.0, 4.0), "evidence/i-1", "Ada seen")
    return report(7, outcome, [alert], Judgement({"Ada": "i-1"}, (), ()), RoundFigures(frame_to_alert_ms=[41.0]))


def test_a_step_says_that_it_is_done_and_how_long_it_took(screen: Screen, paper: io.StringIO) -> None:
    with screen.step("world [with] people"):
        pass
    assert "✓ world [with] people 0.0 s" in paper.getvalue()


def test_a_step_that_fails_is_not_ticked_off(screen: Screen, paper: io.StringIO) -> None:
    with pytest.raises(DemoError), screen.step("enrolment"):
        raise DemoError("no face")
    assert "✓" not in paper.getvalue()


def test_an_alert_is_printed_as_it_is_written(screen: Screen, paper: io.StringIO) -> None:
    screen.incident(Incident(summary="Ada [bold]of list 'missing'[/] seen"))
    assert "! Ada [bold]of list 'missing'[/] seen" in paper.getvalue()


def test_a_problem_comes_with_its_way_out(screen: Screen, paper: io.StringIO) -> None:
    screen.problem(DemoError("the nodes ended", hint="ronda doctor"))
    assert "the nodes ended" in paper.getvalue()
    assert "ronda doctor" in paper.getvalue()


def test_a_round_tells_how_far_it_came_even_when_it_is_broken_off(screen: Screen, paper: io.StringIO) -> None:
    view = View(patrol=PatrolState(reached=3, waypoint_name="gate [7]", waypoints_total=4, detail="driving"))
    with pytest.raises(KeyboardInterrupt), screen.round(view, 4):
        raise KeyboardInterrupt
    with screen.round(view, 4):
        pass
    assert paper.getvalue().count("3 of 4 waypoints reached") == 1


def test_the_table_states_the_outcome(screen: Screen, paper: io.StringIO) -> None:
    screen.table(document(), Path("there"))
    printed = paper.getvalue()
    assert "passed" in printed and "4 of 4" in printed
    assert "41.0 / 41.0 ms" in printed
    assert "report: there/index.html" in printed


def test_the_table_states_what_went_wrong(screen: Screen, paper: io.StringIO) -> None:
    screen.table(document(missed=(("gate [7]", "blocked"),), message="waited in vain"), Path("there"))
    printed = paper.getvalue()
    assert "FAILED" in printed and "3 of 4" in printed
    assert "waypoint gate [7] missed: blocked" in printed
    assert "waited in vain" in printed
