# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from parking_robot.cli import app
from parking_robot.errors import StayError
from parking_robot.stays import gate_log
from parking_robot.stays.alarms import alarm_pauses, begin_alarm
from parking_robot.stays.ledger import Ledger


@pytest.fixture
def alarms(tmp_path):
    url = f"sqlite:///{tmp_path / 'l.sqlite'}"
    store = Ledger(url)

    def run(*words):
        return CliRunner().invoke(app, ["alarms", *words, "--database", url], catch_exceptions=False).output

    yield store, run
    store.close()


def test_an_alarm_of_a_gate_that_is_gone_is_seen_and_ended_by_name(alarms):
    store, run = alarms
    assert run() == "no fire alarm holds a gate open\n"
    begin_alarm(store, "gate_old", datetime(2026, 3, 2, 9, tzinfo=UTC))
    assert run() == "gate_old: since 2026-03-02 09:00:00 UTC\n"
    assert "ended on record by Mara" in run("--end", "gate_old", "--by", "Mara", "--reason", "taken down")
    assert run() == "no fire alarm holds a gate open\n"
    (entry,) = gate_log.newest(store)
    assert (entry.kind, entry.gate, entry.facts["text"]) == ("fire_released", "gate_old", "Mara: taken down")
    ((start, _),) = alarm_pauses(store, datetime.now(UTC)).periods
    assert start == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_an_end_needs_an_alarm_a_name_and_a_reason(alarms):
    store, run = alarms
    with pytest.raises(StayError, match="no fire alarm holds 'gate_x' open"):
        run("--end", "gate_x", "--by", "Mara", "--reason", "x")
    begin_alarm(store, "gate_x", datetime(2026, 3, 2, 9, tzinfo=UTC))
    with pytest.raises(StayError, match="needs a name and a reason"):
        run("--end", "gate_x", "--by", " ", "--reason", "x")
