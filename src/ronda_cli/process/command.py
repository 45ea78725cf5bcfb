# SPDX-License-Identifier: Apache-2.0
"""How a planned command is run: with which interpreter, in which environment."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ronda_cli.process.environment import foreign_environment

_SHEBANGS = (b"#!/usr/bin/env python3", b"#!/usr/bin/env python")


@dataclass(frozen=True)
class Command:
    """A command ready to be run. A `shell` command is one text."""

    words: Sequence[str]
    environment: Mapping[str, str]
    shell: bool = False


def prepare(words: Sequence[str], environment: Mapping[str, str], *, shell: bool = False) -> Command:
    """Choose interpreter and environment.

    In a virtual environment a script for "the python3 on PATH" runs with the Python that runs this launcher: that one
    has the packages, whatever PATH says. On a native installation commands run as they are.
    """
    if shell:
        return Command([" ".join(words)], foreign_environment(environment), shell=True)
    program = shutil.which(words[0], path=environment.get("PATH")) or words[0]
    if sys.prefix != sys.base_prefix and _is_python_script(Path(program)):
        return Command([sys.executable, program, *words[1:]], environment)
    if _is_this_python(program):
        return Command(words, environment)
    return Command(words, foreign_environment(environment))


def _is_python_script(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            first = file.readline(200).rstrip()
    except OSError:
        return False
    return first in _SHEBANGS


def _is_this_python(program: str) -> bool:
    return Path(program).parent == Path(sys.executable).parent
