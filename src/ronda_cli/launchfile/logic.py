# SPDX-License-Identifier: Apache-2.0
"""Substitutions that compare and combine texts: not, and, or, equals, not-equals, if."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ronda_cli.launchfile.errors import EvaluationError
from ronda_cli.launchfile.scalars import Kind, coerce

_TRUE = ("true", "1")
_FALSE = ("false", "0")
_BOOLEAN = Kind(bool, False)


def truth(text: str) -> bool:
    """Read a condition (`if`, `unless`): true, false, 1 or 0 in any case.

    Raises:
        EvaluationError: it is anything else.
    """
    word = text.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise EvaluationError(f"{text!r} is no condition", hint="conditions are true, false, 1 or 0")


def boolean(text: str) -> bool:
    """Read a boolean argument: YAML's true, false, on, off, yes, no, and 1 or 0.

    Raises:
        EvaluationError: it is anything else.
    """
    value = coerce(text, _BOOLEAN)
    if not isinstance(value, bool):
        raise EvaluationError(f"{text!r} is neither true nor false")
    return value


def equal(left: str, right: str) -> bool:
    """Compare as booleans, else as numbers (relative difference up to 1e-9), else letter by letter."""
    if left.lower() in _TRUE + _FALSE and right.lower() in _TRUE + _FALSE:
        return (left.lower() in _TRUE) == (right.lower() in _TRUE)
    try:
        return math.isclose(float(left), float(right))
    except ValueError:
        return left == right


def _text(value: bool) -> str:
    return str(value).lower()


def _word(argument: str | None) -> str:
    return argument or ""


def _compared(argument: str | None) -> str:
    # Jazzy compares a literal '' as the two characters [], so it never equals a variable that is empty.
    return "[]" if argument is None else argument


def _choose(condition: str | None, yes: str | None, no: str | None = None) -> str:
    return _word(yes) if boolean(_word(condition)) else _word(no)


def _both(left: str | None, right: str | None) -> str:
    values = boolean(_word(left)), boolean(_word(right))
    return _text(all(values))


def _either(left: str | None, right: str | None) -> str:
    values = boolean(_word(left)), boolean(_word(right))
    return _text(any(values))


@dataclass(frozen=True)
class LogicEntry:
    """A function of texts (None: a literal '' in the file) and how many it takes."""

    function: Callable[..., str]
    least: int
    most: int

    def apply(self, arguments: Iterable[str | None]) -> str:
        """Evaluate with `arguments`."""
        return self.function(*arguments)


LOGIC = {
    "not": LogicEntry(lambda value: _text(not boolean(_word(value))), 1, 1),
    "and": LogicEntry(_both, 2, 2),
    "or": LogicEntry(_either, 2, 2),
    "equals": LogicEntry(lambda a, b: _text(equal(_compared(a), _compared(b))), 2, 2),
    "not-equals": LogicEntry(lambda a, b: _text(not equal(_compared(a), _compared(b))), 2, 2),
    "if": LogicEntry(_choose, 2, 3),
}
