# SPDX-License-Identifier: Apache-2.0
import sys

import pytest

from ronda_cli.process.command import prepare
from ronda_cli.process.environment import WHEELS_GUARD

ENVIRONMENT = {WHEELS_GUARD: "1", "PATH": "/usr/bin:/bin"}


def script(path, first):
    path.write_text(f"{first}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.skipif(sys.prefix == sys.base_prefix, reason="interpreters are chosen in a virtual environment only")
def test_a_python_starter_runs_with_this_python(tmp_path):
    starter = script(tmp_path / "starter", "#!/usr/bin/env python3")
    command = prepare([starter, "a"], ENVIRONMENT)
    assert command.words == [sys.executable, starter, "a"]
    assert command.environment == ENVIRONMENT


def test_other_programs_run_as_they_are_in_a_clean_environment(tmp_path):
    program = script(tmp_path / "program", "#!/bin/sh")
    command = prepare([program, "a"], ENVIRONMENT)
    assert command.words == [program, "a"]
    assert WHEELS_GUARD not in command.environment


def test_a_shell_command_is_one_text():
    command = prepare(["echo", "a b", ">", "c"], ENVIRONMENT, shell=True)
    assert (command.words, command.shell) == (["echo a b > c"], True)
