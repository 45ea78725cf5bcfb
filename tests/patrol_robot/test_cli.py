# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import numpy as np
import pytest
from tests.patrol_robot.factories import incident
from typer.testing import CliRunner

from patrol_robot.cli import app
from patrol_robot.errors import RouteError
from patrol_robot.evidence import DOCUMENT, EvidenceStore
from patrol_robot.incident_log import IncidentLog
from robot_navigation.grid import GridMap
from robot_navigation.map_file import save_map

ROUTE = "route: {name: hall, frame: map, waypoints: [{name: a, x: 1.0, y: 1.0}, {name: b, x: 2.55, y: 1.0}]}"


def run(*words: str | Path) -> str:
    ended = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=True)
    if ended.exception is not None:
        raise ended.exception
    return ended.output


def test_a_route_is_checked_alone_and_against_a_map(tmp_path: Path) -> None:
    route = tmp_path / "route.yaml"
    route.write_text(ROUTE)
    assert "route 'hall': 2 waypoints, sound" in run("check", route)
    cells = np.zeros((40, 40), np.int8)
    cells[:, 25] = 100
    save_map(GridMap(cells, 0.1), tmp_path / "room")
    with pytest.raises(RouteError, match=r"'b'.*inside a wall"):
        run("check", route, "--map", tmp_path / "room.yaml")


def test_kept_incidents_are_listed_and_their_evidence_verified(tmp_path: Path) -> None:
    kept = incident()
    IncidentLog(tmp_path / "incidents.sqlite").add(kept)
    EvidenceStore(tmp_path / "evidence").create(kept.incident_id, {}, kept.document())
    assert (tmp_path / "evidence" / kept.incident_id / DOCUMENT).is_file()
    output = run("incidents", "--data", tmp_path, "--verify")
    assert kept.summary in output
    assert "1 incidents, all evidence as recorded" in output
