# SPDX-License-Identifier: Apache-2.0
"""`<include>`: another launch file in this place, with arguments; and the outermost file itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ronda_cli.errors import LaunchError
from ronda_cli.launchfile.action import Action, read_action, tag
from ronda_cli.launchfile.document import absolute_path, load
from ronda_cli.launchfile.errors import EvaluationError
from ronda_cli.launchfile.group import Group
from ronda_cli.launchfile.reader import Reader
from ronda_cli.launchfile.scope import Scope
from ronda_cli.launchfile.substitutions import evaluate
from ronda_cli.launchfile.variables import Argument, Reset, read_pairs

# Far deeper than any real composition; reached only by a file that includes itself.
_MAX_DEPTH = 40


@dataclass(frozen=True)
class Description:
    """A launch file that has been read: its actions and the reason why it should no longer be used, if any."""

    path: Path
    actions: Sequence[Action]
    deprecated: str | None


def read_description(path: Path) -> Description:
    """Read a whole launch file.

    Raises:
        LaunchError: the file is unreadable, malformed or holds something that is not supported.
    """
    root = load(path)
    reader = Reader(root)
    if root.tag != "launch":
        raise reader.error("the outermost tag must be <launch>")
    # Jazzy looks at no other attribute of the root.
    deprecated = reader.text("deprecated")
    return Description(path, [read_action(child) for child in reader.other_children()], deprecated)


@dataclass
class Declaration:
    """An argument declared in a file or in one that it includes through `includes` (None: in the file itself)."""

    argument: Argument
    conditional: bool
    includes: list[Include] | None


@tag("include")
class Include(Action):
    """Another file; its variables, environment and place stay set after it, as in Jazzy."""

    def __init__(self, reader: Reader) -> None:
        """Read the file name and the arguments."""
        super().__init__(reader)
        self._file = reader.required_template("file")
        self._arguments = read_pairs(reader.children("arg"))

    def argument_names(self, scope: Scope) -> list[str]:
        """Evaluate the names of the arguments that are handed over."""
        return [evaluate(name, scope) for name, _ in self._arguments]

    def preview(self, scope: Scope) -> Description | None:
        """Read the included file where its name is known before evaluation; None where it is not."""
        try:
            return read_description(Path(evaluate(self._file, scope)))
        except LaunchError:
            return None

    def run(self, scope: Scope) -> None:
        """Read the file, check its arguments, set them and run its actions."""
        description = read_description(Path(evaluate(self._file, scope)))
        enter(description, scope)
        check_arguments(description, self.argument_names(scope), scope)
        # Values are evaluated one by one and, as in Jazzy, with $(dirname) already the included file's.
        for name, value in self._arguments:
            text = evaluate(value, scope)
            scope.variables[evaluate(name, scope)] = text
        run_description(description, scope)


def enter(description: Description, scope: Scope) -> None:
    """Make the file the current one."""
    scope.file = absolute_path(description.path)


def run_description(description: Description, scope: Scope) -> None:
    """Run the actions of a file.

    Raises:
        EvaluationError: files include each other without end.
    """
    if scope.depth >= _MAX_DEPTH:
        raise EvaluationError(
            f"{description.path} is included {_MAX_DEPTH} levels deep", hint="does it include itself?"
        )
    if description.deprecated is not None:
        scope.plan.warnings.append(f"{description.path} is deprecated: {description.deprecated}")
    scope.depth += 1
    for action in description.actions:
        action.execute(scope)
    scope.depth -= 1


def check_arguments(description: Description, given: list[str], scope: Scope) -> None:
    """Refuse early when an argument without a default is not handed over, even if a variable of that name is set.

    Raises:
        EvaluationError: an argument is missing.
    """
    blank = scope.blank()
    names = list(given)
    for declaration in declarations(description, blank):
        argument = declaration.argument
        if declaration.conditional or argument.default is not None:
            continue
        for include in declaration.includes or ():
            names.extend(include.argument_names(blank))
        if argument.name not in names:
            raise EvaluationError(
                f"{argument.reader.element.file.name} needs the argument {argument.name!r}, which is not given",
                hint=f'give {argument.name}:=VALUE, in an <include> as <arg name="{argument.name}" value="..."/>'
                + (f" ({argument.description})" if argument.description else ""),
            )


def declarations(description: Description, blank: Scope) -> list[Declaration]:
    """List the arguments of a file and of what it includes, each name once, as far as known before evaluation."""
    return _Search(blank).of(description)


@dataclass
class _Search:
    blank: Scope
    found: dict[str, Declaration] = field(default_factory=dict)
    depth: int = 0

    def of(self, description: Description) -> list[Declaration]:
        self._look(description.actions, False, None)
        return list(self.found.values())

    def _look(self, actions: Sequence[Action], conditional: bool, includes: list[Include] | None) -> None:
        for action in actions:
            if isinstance(action, Argument):
                declaration = Declaration(action, conditional or action.conditional, includes)
                self.found.setdefault(action.name, declaration)
            if isinstance(action, Reset):
                return
            inner = list(self._inside(action))
            if isinstance(action, Include):
                # One list for the whole branch, so that each include counts for its neighbours too, as in Jazzy.
                includes_inside = includes if includes is not None else []
                includes_inside.append(action)
                self.depth += 1
                # Jazzy takes the arguments of a file for unconditional even where the include has a condition.
                self._look(inner, False, includes_inside)
                self.depth -= 1
            elif isinstance(action, Group):
                self._look(inner, action.conditional, includes)

    def _inside(self, action: Action) -> Iterator[Action]:
        if isinstance(action, Include) and self.depth < _MAX_DEPTH:
            description = action.preview(self.blank)
            yield from description.actions if description else ()
        else:
            yield from action.inner()
