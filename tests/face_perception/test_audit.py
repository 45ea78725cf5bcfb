# SPDX-License-Identifier: Apache-2.0
from concurrent.futures import ThreadPoolExecutor

import pytest

from face_perception.audit import AuditLog


@pytest.fixture
def log(tmp_path, clock):
    log = AuditLog(tmp_path / "audit.jsonl", clock)
    for number in range(5):
        log.append("match", person_id=f"p-{number}", requested_by="guard", score=0.5)
    return log


def test_an_untouched_log_holds(log):
    assert log.verify() == (5, None)


def test_no_log_is_an_empty_log(tmp_path, clock):
    assert AuditLog(tmp_path / "none", clock).verify() == (0, None)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda lines: [lines[0].replace("p-0", "p-9"), *lines[1:]], 1),
        (lambda lines: lines[:2] + lines[3:], 3),
        (lambda lines: [lines[1], lines[0], *lines[2:]], 1),
        (lambda lines: lines[1:], 1),
        (lambda lines: [*lines[:4], lines[4][:30]], 5),
        (lambda lines: [*lines[:2], "", *lines[2:]], 3),
    ],
)
def test_every_change_is_found_at_its_line(log, change, line):
    log.path.write_text("\n".join(change(log.path.read_text().splitlines())) + "\n")
    _, problem = log.verify()
    assert problem is not None and problem.line == line


def test_writing_goes_on_after_a_crash_in_the_middle_of_a_line(log, clock):
    with log.path.open("ab") as file:
        file.write(b'{"action": "enr')
    AuditLog(log.path, clock).append("remove")
    assert log.path.read_bytes().endswith(b"}\n")
    assert log.verify()[1].line == 6


def test_many_writers_keep_one_chain(log, clock):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: AuditLog(log.path, clock).append("search", results=number), range(40)))
    assert log.verify() == (45, None)
