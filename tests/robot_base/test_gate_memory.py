# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest

from robot_base.errors import GateMemoryError
from robot_base.gate_memory import GateMemory, GateRecord


def test_what_is_kept_is_recalled_and_nothing_else_lies_around(tmp_path: Path) -> None:
    memory = GateMemory(tmp_path / "site" / "gate.json")
    assert memory.recall() is None
    for record in (GateRecord(), GateRecord(False, True, "software", "set_estop was called"), GateRecord(False)):
        memory.keep(record)
        assert GateMemory(memory.path).recall() == record
    assert [file.name for file in memory.path.parent.iterdir()] == ["gate.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"estop": "no"}', '{"wheels": 2}', "\x00\x01"])
def test_a_record_that_makes_no_sense_is_an_engaged_stop(tmp_path: Path, text: str) -> None:
    path = tmp_path / "gate.json"
    path.write_text(text)
    record = GateMemory(path).recall()
    assert record is not None
    assert record.running and record.estop
    assert str(path) in record.reason


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(GateMemoryError, match="cannot keep its record") as caught:
        GateMemory(tmp_path / "file" / "gate.json").keep(GateRecord())
    assert "data_dir" in caught.value.hint
