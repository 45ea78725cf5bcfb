# SPDX-License-Identifier: Apache-2.0
import resource
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from parking_robot.errors import JournalError
from parking_robot.gates.journal import Journal, Record

AT = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
FILLER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from parking_robot.errors import JournalError
from parking_robot.gates.journal import Journal, Record
journal = Journal(Path(sys.argv[1]))
try:
    for number in range(1000):
        journal.add(Record(f"k{number}", "passed", "g", datetime(2026, 3, 2, tzinfo=UTC), facts={"note": "x" * 200}))
        print(number, flush=True)
except JournalError as error:
    print("refused", error, flush=True)
"""


def record(number):
    return Record(f"k{number}", "passed", "gate_in", AT, "p1", "s1", {"plate": "12가3456", "n": number})


def test_records_are_there_again_after_a_restart_in_order(tmp_path):
    journal = Journal(tmp_path / "j.jsonl")
    for number in range(3):
        journal.add(record(number))
    journal.done()
    journal.close()
    again = Journal(tmp_path / "j.jsonl")
    # What was done before the crash is applied once more; its key makes that harmless.
    assert [again.first()] == [record(0)]
    for _ in range(3):
        again.done()
    assert (len(again), (tmp_path / "j.jsonl").stat().st_size) == (0, 0)
    again.close()


def test_a_torn_last_line_was_never_acknowledged(tmp_path):
    journal = Journal(tmp_path / "j.jsonl")
    journal.add(record(0))
    journal.close()
    with (tmp_path / "j.jsonl").open("ab") as file:
        file.write(b'{"key": "half')
    again = Journal(tmp_path / "j.jsonl")
    again.add(record(1))
    assert len(again) == 2
    again.close()
    last = Journal(tmp_path / "j.jsonl")
    assert len(last) == 2
    last.close()


def test_a_full_disk_is_said_and_what_was_kept_stays(tmp_path):
    def small_disk():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))

    path = tmp_path / "j.jsonl"
    source = str(Path(__file__).parents[3] / "src")
    words = [sys.executable, "-c", FILLER, str(path)]
    told = subprocess.run(
        words,
        env={"PYTHONPATH": source, "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=small_disk,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert told[-1].startswith("refused the gate's journal")
    journal = Journal(path)
    assert len(journal) == len(told) - 1 > 0
    journal.close()


@pytest.mark.parametrize("line", [b"no json\n", b"{}\n", b"[]\n"])
def test_a_line_that_is_no_record_is_named(tmp_path, line):
    (tmp_path / "j.jsonl").write_bytes(line)
    with pytest.raises(JournalError, match="no record"):
        Journal(tmp_path / "j.jsonl")
