# SPDX-License-Identifier: Apache-2.0
import subprocess
import sys

import pytest

from ronda_cli import main as entry
from ronda_cli.commands import COMMANDS, Entry
from ronda_core.errors import RondaError


def run(*words):
    return subprocess.run([sys.executable, "-m", "ronda_cli", *words], capture_output=True, text=True, check=False)


def test_help_lists_every_command_and_examples(capsys):
    assert entry.main(["--help"]) == 0
    text = capsys.readouterr().out
    assert all(f"  {name} " in text for name in COMMANDS)
    assert "ronda launch patrol" in text


def test_help_imports_no_command():
    heavy = {"typer", "rclpy", "numpy", "yaml"}
    code = f"import sys, ronda_cli.main as m; m.main(['--help']); assert not {heavy} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_without_a_command_the_help_is_bad_input():
    assert run().returncode == 2


def test_an_unknown_command_gets_a_suggestion():
    result = run("lanch")
    assert result.returncode == 2
    assert result.stderr == "error: there is no command 'lanch'\n  try: did you mean 'launch'?\n"


def test_a_command_whose_part_is_missing_says_so(monkeypatch, capsys):
    monkeypatch.setitem(COMMANDS, "later", Entry("no_such_part.cli:app", ""))
    assert entry.main(["later"]) == 2
    assert "not part of this installation (no_such_part.cli is missing)" in capsys.readouterr().err


def test_a_library_that_is_missing_is_named(monkeypatch, capsys, tmp_path):
    (tmp_path / "part_with_gap.py").write_text("import no_such_library")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(COMMANDS, "gap", Entry("part_with_gap:app", ""))
    assert entry.main(["gap"]) == 2
    assert "needs the Python package 'no_such_library'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"), [(RondaError("it is broken", hint="mend it"), 2), (KeyboardInterrupt(), 130), (SystemExit(7), 7)]
)
def test_exit_codes(monkeypatch, capsys, error, code):
    def fail():
        raise error

    monkeypatch.setattr(entry, "load", lambda name: fail)
    assert entry.main(["anything"]) == code
    if code == 2:
        assert capsys.readouterr().err == "error: it is broken\n  try: mend it\n"


def test_version_names_ronda_and_ros():
    result = run("version")
    assert result.returncode == 0
    assert result.stdout.startswith("ronda ") and "\nrclpy " in result.stdout


def test_wrong_options_are_bad_input():
    assert run("launch").returncode == 2
    assert run("doctor", "--jsn").returncode == 2
