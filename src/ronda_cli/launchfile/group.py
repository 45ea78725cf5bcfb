# SPDX-License-Identifier: Apache-2.0
"""`<group>`: actions whose changes end with the group, unless it says otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from ronda_cli.launchfile.action import Action, read_action, tag
from ronda_cli.launchfile.reader import Reader
from ronda_cli.launchfile.scope import Scope
from ronda_cli.launchfile.variables import evaluate_pairs, read_pairs


@tag("group")
class Group(Action):
    """A group; scoped: changes end with it; not forwarding: it begins with nothing but what it keeps."""

    def __init__(self, reader: Reader) -> None:
        """Read the two flags, the variables to keep and the actions."""
        super().__init__(reader)
        self._scoped = reader.flag("scoped", default=True)
        self._forwarding = reader.flag("forwarding", default=True)
        self._keep = read_pairs(reader.children("keep"))
        self._actions = [read_action(child) for child in reader.other_children(without=("keep",))]

    @property
    def isolated(self) -> bool:
        """Whether nothing from outside is seen inside."""
        return self._scoped and not self._forwarding

    def inner(self) -> Iterator[Action]:
        """Yield the actions of the group; arguments of an isolated one cannot be given from outside."""
        if not self.isolated:
            yield from self._actions

    def run(self, scope: Scope) -> None:
        """Run the actions, inside a scope of their own where wanted."""
        if not self._scoped:
            self._run(scope)
            return
        with scope.nested():
            self._run(scope)

    def _run(self, scope: Scope) -> None:
        if self.isolated:
            scope.reset_environment()
            scope.variables = dict(evaluate_pairs(self._keep, scope))
        else:
            # One by one: a kept variable may use the one before it.
            for pair in self._keep:
                scope.variables.update(evaluate_pairs([pair], scope))
        for action in self._actions:
            action.execute(scope)
