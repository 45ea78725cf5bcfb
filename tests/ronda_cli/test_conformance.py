# SPDX-License-Identifier: Apache-2.0
"""Launch files of our own and what ROS 2 Jazzy's launch made of them (launch 3.4.3, launch_ros 0.26.6).

`conformance/expected.json` holds for each case whether ROS refuses the file, and what every process was given:
arguments, content of parameter files, folder and environment. `ROOT` stands for the folder of the cases.
"""

import json
import os
from pathlib import Path

import pytest

from ronda_cli.errors import LaunchError
from ronda_cli.launchfile.evaluation import evaluate_file
from ronda_cli.process.run import run_plan

ROOT = Path(__file__).parent / "conformance"
EXPECTED = json.loads((ROOT / "expected.json").read_text())
ACCEPTED = sorted(name for name, case in EXPECTED.items() if not case["error"])
REFUSED = sorted(name for name, case in EXPECTED.items() if case["error"])


def case_file(name: str) -> Path:
    return ROOT / "cases" / f"{name}.launch.xml"


def environment(out: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("AP_")}
    return {**kept, "AP_GIVEN": "given", "AMENT_PREFIX_PATH": str(ROOT / "prefix"), "PROBE_OUT": str(out)}


def without_paths(text: str) -> str:
    return text.replace(str(ROOT), "ROOT")


@pytest.mark.parametrize("name", ACCEPTED)
def test_starts_the_same_processes_as_ros(name, tmp_path, monkeypatch):
    monkeypatch.chdir("/tmp")
    env = environment(tmp_path)
    run_plan(evaluate_file(case_file(name), {}, env), env)
    started = {without_paths(f.read_text()) for f in tmp_path.glob("*.json")}
    expected = {json.dumps(process, sort_keys=True) for process in EXPECTED[name]["processes"]}
    assert sorted(started) == sorted(expected)


@pytest.mark.parametrize("name", REFUSED)
def test_refuses_what_ros_refuses(name, tmp_path):
    with pytest.raises(LaunchError) as refusal:
        evaluate_file(case_file(name), {}, environment(tmp_path))
    assert ".launch.xml" in str(refusal.value)
