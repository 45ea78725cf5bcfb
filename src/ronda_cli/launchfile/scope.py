# SPDX-License-Identifier: Apache-2.0
"""What an action sees and changes while a launch file is evaluated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ronda_cli.launchfile.plan import LaunchPlan


@dataclass
class Scope:
    """Variables, environment and place; one object is handed through the whole evaluation.

    `variables` also holds what Jazzy keeps beside the launch arguments, under its names: `ros_namespace` (text),
    `global_params` (pairs and file names) and `ros_remaps` (pairs). Groups copy the table but not those two lists, so
    that a group that adds to a list begun outside changes it for good, as in Jazzy.

    `file` is the file evaluated last: after an include it stays the included one, as in Jazzy.

    `asked_for` collects every variable that was declared, set or read so far.
    """

    environment: dict[str, str]
    plan: LaunchPlan
    variables: dict[str, Any] = field(default_factory=dict)
    file: Path | None = None
    depth: int = 0
    asked_for: set[str] = field(default_factory=set)
    initial_environment: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Remember the environment for `reset_env`."""
        self.initial_environment = dict(self.environment)

    @contextmanager
    def nested(self) -> Iterator[None]:
        """Undo every change of variables and environment at the end."""
        variables, environment = dict(self.variables), dict(self.environment)
        yield
        self.variables, self.environment = variables, environment

    def reset_environment(self) -> None:
        """Go back to the environment the launch began with."""
        self.environment = dict(self.initial_environment)

    def blank(self) -> Scope:
        """Build a scope that knows the environment only, to look into a file before it is evaluated."""
        return Scope(environment=dict(self.environment), plan=LaunchPlan())
