# SPDX-License-Identifier: Apache-2.0
"""What a launch file comes to: the processes to start, fully written out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

DEFAULT_STOP_S = 5.0


@dataclass(frozen=True)
class ParameterText:
    """The content of a parameter file that has to be written before the process starts."""

    content: str


Argument = str | ParameterText


@dataclass(frozen=True)
class Respawn:
    """Start again after the process ended: after `delay_s` seconds, `max_retries` times (below 0: always)."""

    delay_s: float = 0.0
    max_retries: int = -1


@dataclass(frozen=True)
class StopTimes:
    """Seconds from SIGINT to SIGTERM, and from there to SIGKILL."""

    sigterm_s: float = DEFAULT_STOP_S
    sigkill_s: float = DEFAULT_STOP_S


@dataclass(frozen=True)
class ProcessPlan:
    """One process as the launch file wants it.

    `command`: program and arguments. `environment`: the whole one.
    `node_name`: the full ROS name where the file fixes it.
    `output`: screen, log, both, own_log or full, as in ROS. `required`: its end ends the launch.
    """

    label: str
    command: tuple[Argument, ...]
    environment: Mapping[str, str]
    cwd: str | None = None
    shell: bool = False
    emulate_tty: bool = False
    output: str = "log"
    required: bool = False
    respawn: Respawn | None = None
    stop: StopTimes = StopTimes()
    node_name: str | None = None


@dataclass
class LaunchPlan:
    """Everything a launch file asks for, in order."""

    processes: list[ProcessPlan] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class DeclaredArgument:
    """An argument of a launch file, for --show-args; `default` as written, None where it must be given."""

    name: str
    description: str
    default: str | None
    choices: tuple[str, ...]
    conditional: bool
    file: Path
