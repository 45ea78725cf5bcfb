# SPDX-License-Identifier: Apache-2.0
"""Actions for all nodes that follow: namespace, parameters, remaps."""

from __future__ import annotations

from typing import Any

import yaml

from ronda_cli.launchfile.action import Action, tag
from ronda_cli.launchfile.errors import EvaluationError
from ronda_cli.launchfile.names import absolute, check_namespace, join
from ronda_cli.launchfile.reader import Reader
from ronda_cli.launchfile.scope import Scope
from ronda_cli.launchfile.substitutions import evaluate


def _extend(scope: Scope, name: str, entry: Any) -> None:
    """Add to a list that every node reads; see `Scope` on how long it lives."""
    entries = scope.variables.setdefault(name, [])
    entries.append(entry)


@tag("push-ros-namespace", "push_ros_namespace")
class PushNamespace(Action):
    """`<push-ros-namespace>`: behind the current namespace, or in its place where it begins with a slash."""

    def __init__(self, reader: Reader) -> None:
        """Read the namespace."""
        super().__init__(reader)
        self._namespace = reader.required_template("namespace")

    def run(self, scope: Scope) -> None:
        """Push it."""
        pushed = evaluate(self._namespace, scope)
        namespace = absolute(join(scope.variables.get("ros_namespace"), pushed))
        check_namespace(namespace)
        scope.variables["ros_namespace"] = namespace


@tag("set_parameter")
class SetParameter(Action):
    """`<set_parameter>`: a parameter of every node that follows."""

    def __init__(self, reader: Reader) -> None:
        """Read name and value."""
        super().__init__(reader)
        self._name = reader.required_template("name")
        self._value = reader.required_template("value")

    def run(self, scope: Scope) -> None:
        """Set it."""
        name = evaluate(self._name, scope)
        _extend(scope, "global_params", (name, _parameter(name, evaluate(self._value, scope))))


def _parameter(name: str, text: str) -> object:
    if not text:
        return ""
    try:
        value = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        raise EvaluationError(f"parameter {name!r}: {text!r} is not valid YAML") from error
    if isinstance(value, (bool, int, float, str, bytes)):
        return value
    same = isinstance(value, list) and value and all(isinstance(item, type(value[0])) for item in value)
    if same and isinstance(value[0], (bool, int, float, str)):
        # Jazzy hands a list over in round brackets, which a node then takes for a text.
        return tuple(value)
    raise EvaluationError(f"parameter {name!r}: {text!r} is neither a scalar nor a list of one type")


@tag("set_parameters_from_file")
class SetParametersFromFile(Action):
    """`<set_parameters_from_file>`: a parameter file for every node that follows."""

    def __init__(self, reader: Reader) -> None:
        """Read the file name."""
        super().__init__(reader)
        self._file = reader.required_template("filename")

    def run(self, scope: Scope) -> None:
        """Set it; whether the file is there matters only once a node follows."""
        _extend(scope, "global_params", evaluate(self._file, scope))


@tag("set_remap")
class SetRemap(Action):
    """`<set_remap>`: a remap of every node that follows, before the node's own."""

    def __init__(self, reader: Reader) -> None:
        """Read both names."""
        super().__init__(reader)
        self._from = reader.required_template("from")
        self._to = reader.required_template("to")

    def run(self, scope: Scope) -> None:
        """Set it."""
        _extend(scope, "ros_remaps", (evaluate(self._from, scope), evaluate(self._to, scope)))
