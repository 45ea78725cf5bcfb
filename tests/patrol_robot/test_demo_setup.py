# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from face_perception.site import load_site
from patrol_robot.demo_judge import Figure
from patrol_robot.demo_setup import WATCHLIST, Wanted, default_people, figures_of, site, wanted_of
from patrol_robot.errors import DemoError

LISTING = [
    {"name": "Eve", "kind": "stranger", "x_m": 1.0, "y_m": 2.0, "enrol": []},
    {"name": "Ada", "kind": "listed", "x_m": 3.0, "y_m": 4.0, "enrol": ["/p/enrol.jpg"]},
]


def test_reads_who_stands_where_and_whom_to_enrol() -> None:
    assert figures_of(LISTING) == (Figure("Eve", False, 1.0, 2.0), Figure("Ada", True, 3.0, 4.0))
    assert wanted_of(LISTING) == (Wanted("Ada", (Path("/p/enrol.jpg"),)),)


def test_the_permission_is_one_that_the_recogniser_accepts_and_it_ends(tmp_path: Path) -> None:
    now = datetime(2026, 5, 1, 12, tzinfo=UTC)
    path = tmp_path / "site.yaml"
    path.write_text(yaml.safe_dump(site(now)))
    loaded = load_site(path)
    assert loaded.permits(now.timestamp())
    assert loaded.watchlists[WATCHLIST].owner
    assert not loaded.permits(now.timestamp() + 3 * 86400)


def test_missing_photographs_are_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.prefix", str(tmp_path))
    monkeypatch.setenv("RONDA_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("RONDA_DEMO_PEOPLE", raising=False)
    with pytest.raises(DemoError, match="photographs") as caught:
        default_people()
    assert "make setup" in caught.value.hint
    (tmp_path / "demo-people").mkdir()
    assert default_people() == tmp_path / "demo-people"
