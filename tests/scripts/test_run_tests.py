# SPDX-License-Identifier: Apache-2.0
"""The runner of the tests: every failure must be counted and must make the run fail."""

import subprocess
import sys
from collections import Counter
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

MARK = "import pytest\npytestmark = pytest.mark."
LIVE, ALONE = f"{MARK}live\n", f"{MARK}live  # also mark.alone\n"
PASSES = "def test_passes():\n    assert True\n"
FAILS = "def test_fails():\n    assert False\n"


@pytest.fixture(scope="module")
def runner(repository):
    spec = spec_from_file_location("run_tests", repository / "scripts" / "run_tests.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(repository: Path, *paths: Path) -> tuple[int, str]:
    command = [sys.executable, repository / "scripts" / "run_tests.py", "--workers", "1", *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    return done.returncode, done.stdout + done.stderr


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"test_{name}.py").write_text(text)


def test_all_that_passed_is_counted_in_the_last_line(repository, tmp_path):
    write(tmp_path, quiet=PASSES, live=LIVE + PASSES)
    ended, output = run(repository, tmp_path)
    assert ended == 0
    assert "= 2 passed in" in output.strip().splitlines()[-1]


def test_each_kind_of_failure_is_counted_and_fails_the_run(repository, tmp_path):
    write(tmp_path, quiet=FAILS, live=LIVE + FAILS, alone=ALONE + PASSES, broken=LIVE + "raise RuntimeError\n")
    ended, output = run(repository, tmp_path)
    assert ended != 0
    # A file that cannot be read is an error of each run that looks into it.
    assert "= 2 failed, 1 passed, 2 error in" in output.strip().splitlines()[-1]


def test_a_failure_after_all_that_passed_fails_the_run(repository, tmp_path):
    write(tmp_path, quiet=PASSES, alone=ALONE + FAILS)
    assert run(repository, tmp_path)[0] != 0


def test_live_files_are_told_from_those_that_need_the_machine_and_slow_ones_come_first(runner, tmp_path):
    write(tmp_path, a=LIVE, b=LIVE + "# mark.slow\n", c=ALONE, d=PASSES)
    side_by_side, alone = runner.live_files([tmp_path])
    assert [file.stem for file in side_by_side] == ["test_b", "test_a"]
    assert [file.stem for file in alone] == ["test_c"]


def test_a_file_that_hangs_with_pythons_lock_is_killed_and_counts(runner, tmp_path, capsys):
    hangs = "import ctypes\ndef test_hangs():\n    print('so far', flush=True)\n    ctypes.PyDLL(None).pause()\n"
    write(tmp_path, live=LIVE + hangs)
    ended, counted = runner.pytest(["-q", "-s", str(tmp_path)], tmp_path / "1.xml", show=False, limit=4.0)
    assert (ended, counted) == (1, Counter(error=1))
    said = capsys.readouterr().out
    assert "so far" in said and "killed: did not end within 4 s" in said


def test_without_a_document_nothing_is_counted(runner, tmp_path):
    assert runner.counts(tmp_path / "none.xml") == Counter()
    assert "no tests ran in 0.00s" in runner.summary(Counter(), 0.0)


def test_a_path_that_does_not_exist_is_refused(repository, tmp_path):
    ended, output = run(repository, tmp_path / "nowhere")
    assert ended == 2 and "no such file or folder" in output
