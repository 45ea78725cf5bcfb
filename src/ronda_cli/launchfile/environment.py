# SPDX-License-Identifier: Apache-2.0
"""Actions on the environment of what follows: set_env, append_env, unset_env, reset_env, set_ros_log_dir."""

from __future__ import annotations

import os
from pathlib import Path

from ronda_cli.launchfile.action import Action, tag
from ronda_cli.launchfile.errors import EvaluationError
from ronda_cli.launchfile.expression import Text
from ronda_cli.launchfile.logic import boolean
from ronda_cli.launchfile.reader import Reader
from ronda_cli.launchfile.scope import Scope
from ronda_cli.launchfile.substitutions import evaluate


def _set(scope: Scope, name: str, value: str) -> None:
    if not name or "=" in name or "\0" in name + value:
        raise EvaluationError(f"{name!r} cannot be the name of an environment variable")
    scope.environment[name] = value


@tag("set_env")
class SetEnvironment(Action):
    """`<set_env>`."""

    def __init__(self, reader: Reader) -> None:
        """Read name and value."""
        super().__init__(reader)
        self._name = reader.required_template("name")
        self._value = reader.required_template("value")

    def run(self, scope: Scope) -> None:
        """Set it."""
        _set(scope, evaluate(self._name, scope), evaluate(self._value, scope))


@tag("append_env")
class AppendEnvironment(Action):
    """`<append_env>`: adds to a variable behind a separator, or in front of it with prepend."""

    def __init__(self, reader: Reader) -> None:
        """Read name, value, prepend and separator."""
        super().__init__(reader)
        self._name = reader.required_template("name")
        self._value = reader.required_template("value")
        self._prepend = reader.template("prepend")
        self._separator = reader.template("separator")
        if self._prepend is not None and all(isinstance(part, Text) for part in self._prepend):
            try:
                boolean("".join(part.text for part in self._prepend if isinstance(part, Text)))
            except EvaluationError as error:
                raise reader.error(f"attribute 'prepend': {error}") from error

    def run(self, scope: Scope) -> None:
        """Add it."""
        name, value = evaluate(self._name, scope), evaluate(self._value, scope)
        first = self._prepend is not None and boolean(evaluate(self._prepend, scope))
        separator = os.pathsep if self._separator is None else evaluate(self._separator, scope)
        parts = [scope.environment[name]] if name in scope.environment else []
        parts.insert(0 if first else len(parts), value)
        _set(scope, name, separator.join(parts))


@tag("unset_env")
class UnsetEnvironment(Action):
    """`<unset_env>`."""

    def __init__(self, reader: Reader) -> None:
        """Read the name."""
        super().__init__(reader)
        self._name = reader.required_template("name")

    def run(self, scope: Scope) -> None:
        """Remove it where it is set."""
        scope.environment.pop(evaluate(self._name, scope), None)


@tag("reset_env")
class ResetEnvironment(Action):
    """`<reset_env>`: back to the environment the launch began with."""

    def run(self, scope: Scope) -> None:
        """Go back."""
        scope.reset_environment()


@tag("set_ros_log_dir")
class SetRosLogFolder(Action):
    """`<set_ros_log_dir>`: a relative folder lies in the current ROS log folder."""

    def __init__(self, reader: Reader) -> None:
        """Read the folder."""
        super().__init__(reader)
        self._folder = reader.required_template("new_log_dir")

    def run(self, scope: Scope) -> None:
        """Set ROS_LOG_DIR."""
        folder = log_folder(scope.environment) / evaluate(self._folder, scope)
        scope.environment["ROS_LOG_DIR"] = str(folder)


def log_folder(environment: dict[str, str]) -> Path:
    """Return the folder ROS writes logs to: ROS_LOG_DIR, else ROS_HOME/log, else ~/.ros/log."""
    if environment.get("ROS_LOG_DIR"):
        return Path(environment["ROS_LOG_DIR"]).expanduser().absolute()
    home = Path(environment.get("ROS_HOME") or "~/.ros").expanduser()
    return home.absolute() / "log"
