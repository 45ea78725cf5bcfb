# SPDX-License-Identifier: Apache-2.0
"""From a launch file and its arguments to a plan; nothing is started."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import ronda_cli.launchfile.tags  # noqa: F401 - enters every tag in the table of actions
from ronda_cli.launchfile.errors import EvaluationError
from ronda_cli.launchfile.include import check_arguments, declarations, enter, read_description, run_description
from ronda_cli.launchfile.plan import DeclaredArgument, LaunchPlan
from ronda_cli.launchfile.scope import Scope
from ronda_cli.suggestions import suggestion


def evaluate_file(path: Path, arguments: Mapping[str, str], environment: Mapping[str, str]) -> LaunchPlan:
    """Evaluate the launch file `path` with `arguments` in `environment`.

    Raises:
        LaunchError: the file, or one it includes, cannot be launched; the message names file, line and tag.
    """
    description = read_description(path)
    scope = Scope(environment=dict(environment), plan=LaunchPlan())
    enter(description, scope)
    check_arguments(description, list(arguments), scope)
    scope.variables.update(arguments)
    run_description(description, scope)
    _refuse_strays(path, arguments, scope)
    return scope.plan


def _refuse_strays(path: Path, arguments: Mapping[str, str], scope: Scope) -> None:
    """Raise EvaluationError for an argument that nothing asks for: ROS passes over a misspelt one in silence."""
    strays = [name for name in arguments if name not in scope.asked_for]
    if not strays:
        return
    known = {declared.name for declared in declared_arguments(path, scope.initial_environment)}
    for name in strays:
        if name not in known:
            guess = suggestion(name, known | scope.asked_for)
            raise EvaluationError(
                f"{path}: nothing asks for the launch argument {name!r}" + (f", {guess}" if guess else ""),
                hint="--show-args lists what can be set",
            )


def declared_arguments(path: Path, environment: Mapping[str, str]) -> list[DeclaredArgument]:
    """List the arguments of the launch file `path` and of the files it includes, as far as known beforehand.

    Raises:
        LaunchError: the file cannot be read.
    """
    blank = Scope(environment=dict(environment), plan=LaunchPlan())
    return [
        DeclaredArgument(
            name=declaration.argument.name,
            description=declaration.argument.description,
            default=declaration.argument.default_text,
            choices=declaration.argument.choices,
            conditional=declaration.conditional,
            file=declaration.argument.reader.element.file,
        )
        for declaration in declarations(read_description(path), blank)
    ]


def parse_arguments(words: list[str]) -> dict[str, str]:
    """Read `name:=value` words; the last of two with one name counts.

    Raises:
        EvaluationError: a word has another shape, or an empty name or value.
    """
    arguments = {}
    for word in words:
        name, separator, value = word.partition(":=")
        if not separator or not name or not value:
            raise EvaluationError(f"the launch argument {word!r} is malformed", hint="write name:=value")
        arguments[name] = value
    return arguments
