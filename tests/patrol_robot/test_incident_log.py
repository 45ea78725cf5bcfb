# SPDX-License-Identifier: Apache-2.0
import random
import subprocess
import sys
from pathlib import Path

import pytest
from tests.patrol_robot.factories import incident, match

from patrol_robot.errors import IncidentLogError
from patrol_robot.incident_log import IncidentLog
from patrol_robot.incidents import ClipState

WRITER = """
import sys
from pathlib import Path
from tests.patrol_robot.factories import incident, match
from patrol_robot.incident_log import IncidentLog

log = IncidentLog(Path(sys.argv[1]))
for number in range(1000000):
    log.add(incident(incident_id=f"{number:09d}", match=match(match_id=f"m{number}")))
    print(number, flush=True)
"""


def test_keeps_incidents_in_order_and_each_match_once(tmp_path: Path) -> None:
    log = IncidentLog(tmp_path / "log.sqlite")
    second = incident(incident_id="2", match=match(match_id="b"))
    first = incident(incident_id="1", match=match(match_id="a"))
    assert log.add(second)
    assert log.add(first)
    assert not log.add(incident(incident_id="3", match=match(match_id="a")))
    assert log.all() == [first, second]
    assert sorted(log.match_ids()) == ["a", "b"]


def test_an_incident_is_replaced_and_found_by_the_state_of_its_clip(tmp_path: Path) -> None:
    log = IncidentLog(tmp_path / "log.sqlite")
    log.add(incident())
    done = incident(clip=ClipState.COMPLETE)
    assert log.with_clip(ClipState.PENDING) == [incident()]
    log.replace(done)
    log.close()
    again = IncidentLog(tmp_path / "log.sqlite")
    assert again.with_clip(ClipState.PENDING) == []
    assert again.all() == [done]
    with pytest.raises(IncidentLogError, match="is not in"):
        again.replace(incident(incident_id="other"))


def test_the_file_is_set_to_survive_a_power_cut(tmp_path: Path) -> None:
    log = IncidentLog(tmp_path / "log.sqlite")
    with log._engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_a_damaged_file_is_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(IncidentLogError, match="cannot open the incident log") as caught:
        IncidentLog(path)
    assert "damaged" in caught.value.hint


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    """Kill the writer at random moments; every incident that it had acknowledged must be there afterwards."""
    seeded = random.Random(4)
    root = Path(__file__).parents[2]
    for run in range(5):
        path = tmp_path / f"{run}.sqlite"
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True, cwd=root
        ) as writer:
            assert writer.stdout is not None
            wanted = seeded.randrange(1, 40)
            acknowledged = [int(writer.stdout.readline()) for _ in range(wanted)]
            writer.kill()
            acknowledged += [int(line) for line in writer.stdout.read().split()]
        kept = {item.incident_id for item in IncidentLog(path).all()}
        assert {f"{number:09d}" for number in acknowledged} <= kept
        assert len(acknowledged) >= wanted
