# SPDX-License-Identifier: Apache-2.0
"""Actions on variables: arg, let, reset; and log."""

from __future__ import annotations

from ronda_cli.launchfile.action import Action, tag
from ronda_cli.launchfile.errors import EvaluationError
from ronda_cli.launchfile.expression import Template, unescape
from ronda_cli.launchfile.reader import Reader
from ronda_cli.launchfile.scope import Scope
from ronda_cli.launchfile.substitutions import evaluate

Pairs = list[tuple[Template, Template]]


def read_pairs(readers: list[Reader]) -> Pairs:
    """Read children that have a `name` and a `value` and nothing else."""
    pairs = []
    for reader in readers:
        pairs.append((reader.required_template("name"), reader.required_template("value")))
        reader.finish()
    return pairs


def evaluate_pairs(pairs: Pairs, scope: Scope) -> dict[str, str]:
    """Evaluate all pairs before any of them takes effect."""
    return {evaluate(name, scope): evaluate(value, scope) for name, value in pairs}


@tag("arg")
class Argument(Action):
    """`<arg>`: takes its default unless the variable is already set, by the command line, an include or a let."""

    def __init__(self, reader: Reader) -> None:
        """Read name, default, description and choices."""
        super().__init__(reader)
        self.name = unescape(reader.required("name"))
        self.default = reader.template("default")
        self.default_text = reader.text("default")
        self.description = unescape(reader.text("description") or "")
        self.choices = tuple(unescape(choice.required("value")) for choice in reader.children("choice"))

    def run(self, scope: Scope) -> None:
        """Set the default where needed and check the choices."""
        scope.asked_for.add(self.name)
        if self.name not in scope.variables:
            if self.default is None:
                raise EvaluationError(
                    f"the launch argument {self.name!r} has no value and no default",
                    hint=f"give {self.name}:=VALUE" + (f" ({self.description})" if self.description else ""),
                )
            scope.variables[self.name] = evaluate(self.default, scope)
        value = scope.variables[self.name]
        if self.choices and value not in self.choices:
            raise EvaluationError(
                f"the launch argument {self.name!r} cannot be {value!r}", hint="choices: " + ", ".join(self.choices)
            )


@tag("let")
class Let(Action):
    """`<let>`: sets a variable, whatever it was."""

    def __init__(self, reader: Reader) -> None:
        """Read name and value."""
        super().__init__(reader)
        self._name = reader.required_template("name")
        self._value = reader.required_template("value")

    def run(self, scope: Scope) -> None:
        """Set it."""
        value, name = evaluate(self._value, scope), evaluate(self._name, scope)
        scope.asked_for.add(name)
        scope.variables[name] = value


@tag("reset")
class Reset(Action):
    """`<reset>`: forgets every variable (namespace, parameters and remaps for all included) but those kept."""

    def __init__(self, reader: Reader) -> None:
        """Read what is kept."""
        super().__init__(reader)
        self._keep = read_pairs(reader.children("keep"))

    def run(self, scope: Scope) -> None:
        """Forget."""
        scope.variables = dict(evaluate_pairs(self._keep, scope))


@tag("log")
class Log(Action):
    """`<log>`: a message at the start of the launch."""

    def __init__(self, reader: Reader) -> None:
        """Read the message."""
        super().__init__(reader)
        self._message = reader.required_template("message")

    def run(self, scope: Scope) -> None:
        """Keep it for the start."""
        scope.plan.messages.append(evaluate(self._message, scope))
