# SPDX-License-Identifier: Apache-2.0
"""The base of everything a launch file can contain, and the table of tags."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import TypeVar

from ronda_cli.launchfile.errors import EvaluationError
from ronda_cli.launchfile.logic import truth
from ronda_cli.launchfile.reader import Reader
from ronda_cli.launchfile.scope import Scope
from ronda_cli.launchfile.substitutions import evaluate
from ronda_cli.suggestions import suggestion


class Action(ABC):
    """One element: read as a whole before anything is evaluated, then executed in order."""

    def __init__(self, reader: Reader) -> None:
        """Read the condition that every action can have."""
        self.reader = reader
        self._if = reader.template("if")
        self._unless = reader.template("unless")
        if self._if is not None and self._unless is not None:
            raise reader.error("'if' and 'unless' exclude each other")

    @property
    def conditional(self) -> bool:
        """Whether it depends on a condition."""
        return self._if is not None or self._unless is not None

    def execute(self, scope: Scope) -> None:
        """Run the action unless its condition speaks against it.

        Raises:
            LaunchFileError: something in it cannot be evaluated; the place is named.
        """
        try:
            if self._wanted(scope):
                self.run(scope)
        except EvaluationError as error:
            raise self.reader.error(str(error), error.hint) from error

    def _wanted(self, scope: Scope) -> bool:
        if self._if is not None:
            return truth(evaluate(self._if, scope))
        return self._unless is None or not truth(evaluate(self._unless, scope))

    def inner(self) -> Iterator[Action]:
        """Yield the actions inside this one that are known before evaluation."""
        yield from ()

    @abstractmethod
    def run(self, scope: Scope) -> None:
        """Do it."""


ActionType = TypeVar("ActionType", bound=type[Action])
_TABLE: dict[str, Callable[[Reader], Action]] = {}
_REFUSED = {
    "timer": "starting by the clock is left out: nodes wait for what they need",
    "ros_timer": "starting by the clock is left out: nodes wait for what they need",
    "shutdown": 'give the node or executable on_exit="shutdown" instead',
    "node_container": "composable nodes need C++ components: run them with `ros2 launch`",
    "load_composable_node": "composable nodes need C++ components: run them with `ros2 launch`",
    "set_use_sim_time": 'use <set_parameter name="use_sim_time" value="true"/> instead',
}


def tag(*names: str) -> Callable[[ActionType], ActionType]:
    """Enter a class in the table under its tags."""

    def enter(action: ActionType) -> ActionType:
        _TABLE.update(dict.fromkeys(names, action))
        return action

    return enter


def read_action(reader: Reader) -> Action:
    """Read the element as the action its tag names.

    Raises:
        LaunchFileError: the tag is unknown or not supported, or an attribute or child of it is.
    """
    name = reader.element.tag
    if name in _REFUSED:
        raise reader.error("is not supported", _REFUSED[name])
    kind = _TABLE.get(name)
    if kind is None:
        raise reader.error("unknown tag", suggestion(name, _TABLE) or "known: " + ", ".join(sorted(_TABLE)))
    action = kind(reader)
    reader.finish()
    return action
