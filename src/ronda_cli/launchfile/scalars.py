# SPDX-License-Identifier: Apache-2.0
"""Texts to typed values, by the YAML 1.1 rules that ROS 2 Jazzy's launch applies to attributes and parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from ronda_cli.launchfile.errors import EvaluationError

Scalar = bool | int | float | str
Value = Scalar | list[Scalar]
_SCALARS = (bool, int, float, str)


@dataclass(frozen=True)
class Kind:
    """What a parameter must become: a scalar type, or a list of it."""

    scalar: type
    is_list: bool


_TYPES: dict[str, type] = {"str": str, "bool": bool, "float": float, "int": int}
KINDS: dict[str, Kind | None] = {
    **{name: Kind(scalar, False) for name, scalar in _TYPES.items()},
    **{f"list_of_{name}": Kind(scalar, True) for name, scalar in _TYPES.items()},
    "yaml": None,
}


def coerce(text: str, kind: Kind | None, *, keep_text: bool = False) -> Value:
    """Read `text` as `kind`, or by YAML's own rules where no kind is named.

    `keep_text`: what cannot be read stays a text (it may hold substitutions that are still to be evaluated), and lists
    may mix their type with texts.

    Raises:
        EvaluationError: the text is not of that kind, or YAML reads it as something no parameter can be.
    """
    if kind is None:
        return _from_yaml(text, keep_text)
    if kind.is_list:
        return _list_of(text, kind.scalar, keep_text)
    if kind.scalar is str:
        return text
    if kind.scalar is bool:
        return _boolean(text, keep_text)
    try:
        return kind.scalar(text)
    except ValueError:
        if keep_text:
            return text
        raise EvaluationError(f"{text!r} is not of type {kind.scalar.__name__}") from None


def coerce_items(texts: Sequence[str], kind: Kind | None) -> Value:
    """Read every item of a list that was split at a separator; items may stay texts.

    Raises:
        EvaluationError: an item is not of the kind, the kind is no list, or the items differ in type.
    """
    if kind is not None and not kind.is_list:
        raise EvaluationError(f"a list of values cannot be of type {kind.scalar.__name__}")
    scalar = None if kind is None else Kind(kind.scalar, False)
    items = [coerce(text, scalar, keep_text=True) for text in texts]
    if not is_value(items, keep_text=True):
        raise EvaluationError(f"the items of the list differ in type: {items!r}")
    return items  # type: ignore[return-value]


def is_value(value: object, *, keep_text: bool = False) -> bool:
    """Whether `value` is a scalar or a list of one type (`keep_text`: texts may stand among the others)."""
    if not isinstance(value, list):
        return isinstance(value, _SCALARS)
    if not value:
        return True
    first = next((type(item) for item in value if type(item) is not str), str)
    allowed = (first, str) if keep_text else (first,)
    return first in _SCALARS and all(isinstance(item, allowed) for item in value)


def is_of(value: object, kind: Kind | None) -> bool:
    """Whether `value` already is of `kind`."""
    if kind is None:
        return is_value(value)
    if not kind.is_list:
        return isinstance(value, kind.scalar)
    return isinstance(value, list) and all(isinstance(item, kind.scalar) for item in value)


def _from_yaml(text: str, keep_text: bool) -> Value:
    if not text:
        return text
    try:
        value = yaml.safe_load(text)
    # A date such as 2026-13-45 raises ValueError, not YAMLError.
    except (yaml.YAMLError, ValueError) as error:
        if keep_text:
            return text
        raise EvaluationError(f"{text!r} is not valid YAML", hint="put the text in quotes: \"'...'\"") from error
    if not is_value(value, keep_text=keep_text):
        raise EvaluationError(
            f"{text!r} is read as {type(value).__name__}, which no parameter can be",
            hint='give type="str" or put the text in quotes: "\'...\'"; items of a list are all of one type',
        )
    return value


def _list_of(text: str, scalar: type, keep_text: bool) -> Value:
    value = _from_yaml(text, keep_text)
    allowed = (scalar, str) if keep_text else (scalar,)
    if not isinstance(value, list) or not all(isinstance(item, allowed) for item in value):
        raise EvaluationError(f"{text!r} is not a list of {scalar.__name__}")
    return value


def _boolean(text: str, keep_text: bool) -> bool | str:
    value = _from_yaml({"1": "true", "0": "false"}.get(text, text), False)
    if isinstance(value, bool) or (keep_text and isinstance(value, str)):
        return value
    raise EvaluationError(f"{text!r} is neither true nor false")
