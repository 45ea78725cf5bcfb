# SPDX-License-Identifier: Apache-2.0
"""The substitutions of a launch file, evaluated in a scope."""

from __future__ import annotations

import os
import random
import shlex
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ronda_cli.launchfile import packages
from ronda_cli.launchfile.errors import EvaluationError
from ronda_cli.launchfile.expression import Call, Template, Text, parse
from ronda_cli.launchfile.logic import LOGIC
from ronda_cli.launchfile.scope import Scope

Evaluate = Callable[[Scope, "tuple[Template, ...]"], str]
_ON_STDERR = ("fail", "ignore", "warn", "capture")
_REFUSED = {
    "eval": "$(eval ...) runs Python from a launch file and is left out",
    "any": "$(any ...) cannot be written in XML for ROS 2 Jazzy either",
    "all": "$(all ...) cannot be written in XML for ROS 2 Jazzy either",
}


def evaluate(template: Template, scope: Scope) -> str:
    """Put the parts of `template` together.

    Raises:
        EvaluationError: a substitution has no value.
    """
    return "".join(part.text if isinstance(part, Text) else _call(part, scope) for part in template)


def read_template(source: str) -> Template:
    """Read a text with substitutions and check that each is known and has a fitting number of arguments.

    Raises:
        EvaluationError: the text is malformed, or holds a substitution that is not supported.
    """
    template = parse(source)
    _check(template)
    return template


def _check(template: Template) -> None:
    for part in template:
        if isinstance(part, Text):
            continue
        if part.name in _REFUSED:
            raise EvaluationError(_REFUSED[part.name], hint="use conditions, $(equals a b), $(and a b) or $(if c a b)")
        known = SUBSTITUTIONS.get(part.name)
        if known is None:
            raise EvaluationError(
                f"unknown substitution $({part.name} ...)", hint="supported: " + ", ".join(sorted(SUBSTITUTIONS))
            )
        if not known.least <= len(part.arguments) <= known.most:
            number = str(known.least) if known.least == known.most else f"{known.least} or {known.most}"
            raise EvaluationError(f"$({part.name}) takes {number} arguments, got {len(part.arguments)}")
        for argument in part.arguments:
            _check(argument)


def _call(call: Call, scope: Scope) -> str:
    known = SUBSTITUTIONS[call.name]
    return known.evaluate(scope, call.arguments)


def _variable(scope: Scope, arguments: tuple[Template, ...]) -> str:
    name = evaluate(arguments[0], scope)
    scope.asked_for.add(name)
    if name in scope.variables:
        value = scope.variables[name]
        if not isinstance(value, str):
            raise EvaluationError(f"$(var {name}) is a list kept by the launcher, not a text")
        return value
    if len(arguments) == 2:
        return evaluate(arguments[1], scope)
    raise EvaluationError(
        f"the launch argument or variable {name!r} is not set", hint=f'declare it: <arg name="{name}" default="..."/>'
    )


def _environment(scope: Scope, arguments: tuple[Template, ...]) -> str:
    # The default is evaluated even where it is not needed, so that a mistake in it shows.
    default = evaluate(arguments[1], scope) if len(arguments) == 2 else None
    name = evaluate(arguments[0], scope)
    value = scope.environment.get(name, default)
    if value is None:
        raise EvaluationError(
            f"the environment variable {name!r} is not set", hint=f"set it, or give a default: $(env {name} value)"
        )
    return value


def _file(scope: Scope, _arguments: tuple[Template, ...]) -> str:
    if scope.file is None:
        raise EvaluationError("there is no current launch file")
    return str(scope.file)


def _folder(scope: Scope, arguments: tuple[Template, ...]) -> str:
    return str(Path(_file(scope, arguments)).parent)


def _find_program(scope: Scope, arguments: tuple[Template, ...]) -> str:
    name = evaluate(arguments[0], scope)
    found = shutil.which(name, path=scope.environment.get("PATH"))
    if found is None:
        raise EvaluationError(f"the program {name!r} is not on PATH", hint="install it or extend PATH")
    return found


def _program_in_package(scope: Scope, arguments: tuple[Template, ...]) -> str:
    name, package = (evaluate(a, scope) for a in arguments)
    return packages.executable(package, name, scope.environment)


def _anonymous(scope: Scope, arguments: tuple[Template, ...]) -> str:
    name = evaluate(arguments[0], scope)
    key = "anon" + name
    if key not in scope.variables:
        unique = f"{name}_{socket.gethostname()}_{os.getpid()}_{random.getrandbits(63)}"
        scope.variables[key] = unique.translate(str.maketrans(".-:", "___"))
    return str(scope.variables[key])


def _file_content(scope: Scope, arguments: tuple[Template, ...]) -> str:
    path = evaluate(arguments[0], scope)
    try:
        return Path(path).read_text()
    except OSError as error:
        raise EvaluationError(f"cannot read {path!r}: {error.strerror}") from error


def _parameter(scope: Scope, arguments: tuple[Template, ...]) -> str:
    name = evaluate(arguments[0], scope)
    for entry in scope.variables.get("global_params", []):
        if isinstance(entry, tuple) and entry[0] == name:
            return str(entry[1])
    if len(arguments) == 2:
        return evaluate(arguments[1], scope)
    raise EvaluationError(f"the parameter {name!r} was not set by set_parameter in this scope")


def _command(scope: Scope, arguments: tuple[Template, ...]) -> str:
    line = evaluate(arguments[0], scope)
    on_stderr = evaluate(arguments[1], scope) if len(arguments) == 2 else "fail"
    if on_stderr not in _ON_STDERR:
        raise EvaluationError(f"$(command ... {on_stderr}): expected one of {', '.join(_ON_STDERR)}")
    try:
        words = shlex.split(line)
        result = subprocess.run(
            words,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if on_stderr == "capture" else subprocess.PIPE,
            text=True,
            env=scope.environment,
            check=False,
        )
    except (OSError, ValueError, IndexError) as error:
        raise EvaluationError(f"$(command {line}) cannot be run: {error}") from error
    if result.returncode != 0:
        raise EvaluationError(f"$(command {line}) ended with {result.returncode}: {result.stderr or result.stdout}")
    if result.stderr and on_stderr == "fail":
        raise EvaluationError(f"$(command {line}) wrote to stderr: {result.stderr}", hint="add 'ignore' or 'warn'")
    if result.stderr and on_stderr == "warn":
        scope.plan.warnings.append(f"$(command {line}) wrote to stderr: {result.stderr.rstrip()}")
    return result.stdout


@dataclass(frozen=True)
class _Known:
    evaluate: Evaluate
    least: int
    most: int


def _logic(name: str) -> Evaluate:
    def run(scope: Scope, arguments: tuple[Template, ...]) -> str:
        return LOGIC[name].apply(_word(a, scope) for a in arguments)

    def _word(argument: Template, scope: Scope) -> str | None:
        return evaluate(argument, scope) if argument else None

    return run


def _known(entries: Iterable[tuple[str, Evaluate, int, int]]) -> dict[str, _Known]:
    return {name: _Known(function, least, most) for name, function, least, most in entries}


SUBSTITUTIONS = _known(
    (
        ("var", _variable, 1, 2),
        ("env", _environment, 1, 2),
        ("dirname", _folder, 0, 0),
        ("filename", _file, 0, 0),
        ("find-pkg-share", lambda s, a: packages.share(evaluate(a[0], s), s.environment), 1, 1),
        ("find-pkg-prefix", lambda s, a: str(packages.prefix(evaluate(a[0], s), s.environment)), 1, 1),
        ("find-exec", _find_program, 1, 1),
        ("exec-in-pkg", _program_in_package, 2, 2),
        ("command", _command, 1, 2),
        ("file-content", _file_content, 1, 1),
        ("anon", _anonymous, 1, 1),
        ("param", _parameter, 1, 2),
        *((name, _logic(name), entry.least, entry.most) for name, entry in LOGIC.items()),
    )
)
