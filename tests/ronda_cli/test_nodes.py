# SPDX-License-Identifier: Apache-2.0
import os
import subprocess
import sys

import pytest

from ronda_cli.errors import CliError
from ronda_cli.nodes import find_node, node_files


@pytest.fixture
def prefix(tmp_path):
    folder = tmp_path / "lib/ronda"
    folder.mkdir(parents=True)
    for name in ("gate_node", "face_node"):
        starter = folder / name
        starter.write_text("#!/usr/bin/env python3\nimport sys\nprint(sys.argv[1:], flush=True)\nsys.exit(5)\n")
        starter.chmod(0o755)
    (folder / "notes.txt").touch()
    return tmp_path


def test_nodes_are_listed_and_found(prefix):
    environment = {"AMENT_PREFIX_PATH": str(prefix)}
    assert sorted(node_files(environment)) == ["face_node", "gate_node"]
    assert find_node("gate", environment) == find_node("gate_node", environment) == prefix / "lib/ronda/gate_node"


def test_an_unknown_node_is_refused_with_the_list(prefix):
    with pytest.raises(CliError) as refusal:
        find_node("gaet_node", {"AMENT_PREFIX_PATH": str(prefix)})
    assert refusal.value.hint == "did you mean 'gate_node'? nodes: face_node, gate_node"


def test_run_hands_over_arguments_and_exit_code(prefix):
    words = ["--ros-args", "-r", "__ns:=/r1", "--help"]
    result = subprocess.run(
        [sys.executable, "-m", "ronda_cli", "run", "gate", *words],
        env={**os.environ, "AMENT_PREFIX_PATH": str(prefix)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout) == (5, f"{words}\n")
