# SPDX-License-Identifier: Apache-2.0
import re
from pathlib import Path

import numpy as np

from patrol_robot import pictures
from patrol_robot.demo_figures import Alert, RoundFigures, RouteOutcome, report
from patrol_robot.demo_judge import FalseAlert, Figure, Judgement
from patrol_robot.demo_report import PageContent, page
from patrol_robot.route import Route, Waypoint
from ronda_core.map_picture import map_picture

ROUTE = Route("round", "map", (Waypoint("a", 0.0, 0.0, 0.0), Waypoint("b", 3.0, 1.0, 0.0)))
FIGURES = (Figure("Ada <b>", True, 1.0, 1.0), Figure("Eve", False, 3.0, 1.0))
CHART = map_picture(np.zeros((40, 80), np.int8), 0.1, -1.0, -1.0)


def content(folder: Path, judgement: Judgement, missed: tuple[tuple[str, str], ...] = ()) -> PageContent:
    picture = pictures.encode(np.full((60, 80, 3), 90, np.uint8))
    evidence = folder / "i1"
    evidence.mkdir()
    for name in ("picture.jpg", "comparison.jpg"):
        (evidence / name).write_bytes(picture)
    alert = Alert("i1", "Ada <b>", 0.6, 12.0, (1.0, 1.1), "evidence/i1", "seen")
    outcome = RouteOutcome("round", 2, 2 - len(missed), missed, completed=True)
    document = report(3, outcome, [alert], judgement, RoundFigures(path=[(0, 0), (3, 1)], sim_end_s=9, wall_end_s=9))
    return PageContent(document, ROUTE, FIGURES, [(0, 0), (3, 1)], CHART, {}, {"i1": evidence})


def test_the_page_stands_alone_and_shows_map_path_and_evidence(tmp_path: Path) -> None:
    text = page(content(tmp_path, Judgement({"Ada <b>": "i1"}, (), ())))
    assert "1 of 1 people on the watchlist found, nobody named wrongly" in text
    assert "Round passed" in text
    assert text.count("data:image/jpeg;base64,") == 2
    assert "data:image/png;base64," in text
    assert "<polyline points='10.0,30.0 40.0,20.0'" in text
    assert not re.search(r"(src|href)=['\"]https?:", text)
    assert "{{" not in text


def test_names_cannot_become_markup(tmp_path: Path) -> None:
    text = page(content(tmp_path, Judgement({"Ada <b>": "i1"}, (), ())))
    assert "Ada <b>" not in text
    assert "Ada &lt;b&gt;" in text


def test_what_went_wrong_stands_on_top_in_plain_words(tmp_path: Path) -> None:
    wrong = Judgement({}, ("Ada <b>",), (FalseAlert("i1", "Ada <b>", "the stranger Eve stands there"),))
    text = page(content(tmp_path, wrong, missed=(("b", "blocked by a trolley"),)))
    assert "Round failed" in text
    for line in ("Waypoint b was missed: blocked by a trolley", "the stranger Eve stands there", "was not found"):
        assert line in text
    assert "<span class='bad'>named wrongly</span>" in text
