# SPDX-License-Identifier: Apache-2.0
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ronda_cli.bench import app, measurements, select
from ronda_cli.errors import CliError

SCRIPT = """
import sys
from ronda_cli.measurement import main
sys.exit(main(lambda options: {"answer": 42}, "A test"))
"""


@pytest.fixture
def tree(tmp_path, monkeypatch):
    (tmp_path / "bench").mkdir()
    (tmp_path / "bench/good.py").write_text(SCRIPT)
    (tmp_path / "bench/bad.py").write_text("raise SystemExit(3)")
    (tmp_path / "bench/_common.py").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_lists_the_measurements(tree):
    assert CliRunner().invoke(app).output == "bad\ngood\n"
    assert measurements(Path("bench"))["good"] == Path("bench/good.py")


def test_writes_figures_and_the_machine(tree):
    assert CliRunner().invoke(app, ["good", "--json", "results"]).exit_code == 0
    figures = json.loads((tree / "results/good.json").read_text())
    assert figures["answer"] == 42 and figures["machine"]["cores"] >= 1


def test_all_goes_on_after_a_failure_and_ends_with_1(tree):
    result = CliRunner().invoke(app, ["all", "--json", "results"])
    assert result.exit_code == 1
    assert (tree / "results/good.json").exists()


def test_an_unknown_name_and_a_wrong_folder_are_refused(tree):
    with pytest.raises(CliError) as refusal:
        select("god")
    assert refusal.value.hint == "did you mean 'good'?"
    with pytest.raises(CliError, match="no measurements"):
        select("good", tree / "elsewhere")
