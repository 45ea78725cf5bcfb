# SPDX-License-Identifier: Apache-2.0
"""The runner of the tests: every failure must be counted and must make the run fail."""

import subprocess
import sys
from pathlib import Path

import pytest

LIVE = "import pytest\npytestmark = pytest.mark.live\n"
ALONE = LIVE.replace("mark.live", "mark.live  # mark.alone")
PASSES = "def test_passes():\n    assert True\n"
FAILS = "def test_fails():\n    assert False\n"


def run(repository: Path, *paths: Path) -> tuple[int, str]:
    command = [sys.executable, repository / "scripts" / "run_tests.py", "--workers", "2", *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("files", "status", "last"),
    [
        ({"test_a.py": PASSES, "test_b.py": LIVE + PASSES}, 0, "2 passed in"),
        ({"test_a.py": PASSES, "test_b.py": LIVE + FAILS}, 1, "1 failed, 1 passed in"),
        ({"test_a.py": FAILS, "test_b.py": ALONE + PASSES}, 1, "1 failed, 1 passed in"),
        ({"test_a.py": PASSES, "test_b.py": LIVE + "raise RuntimeError\n"}, 1, "error in"),
        ({"test_b.py": LIVE + PASSES}, 0, "1 passed in"),
    ],
    ids=["all pass", "a live one fails", "a quiet one fails", "a file cannot be read", "live ones alone"],
)  # fmt: skip
def test_the_last_line_counts_all_and_a_failure_is_the_exit_status(repository, tmp_path, files, status, last):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    ended, output = run(repository, tmp_path)
    assert last in output.strip().splitlines()[-1]
    assert (ended != 0) == bool(status)


def test_a_path_that_does_not_exist_is_refused(repository, tmp_path):
    ended, output = run(repository, tmp_path / "nowhere")
    assert ended == 2 and "no such file or folder" in output
