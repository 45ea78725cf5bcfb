# SPDX-License-Identifier: Apache-2.0
"""The parameters of a node: `<param>` with a value, with nested parameters, or from a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import yaml

from ronda_cli.launchfile.errors import EvaluationError
from ronda_cli.launchfile.expression import Template, Text
from ronda_cli.launchfile.plan import Argument, ParameterText
from ronda_cli.launchfile.reader import Reader
from ronda_cli.launchfile.scalars import KINDS, Kind, Value, coerce, is_of, is_value
from ronda_cli.launchfile.scope import Scope
from ronda_cli.launchfile.substitutions import evaluate, read_template

Item = Template | bool | int | float | str


@dataclass(frozen=True)
class ParameterValue:
    """A value as far as it is known before evaluation: one item, or a list of them."""

    content: Item | list[Item]
    kind: Kind | None

    def evaluate(self, scope: Scope) -> Value:
        """Put in the substitutions and read the result as the kind.

        Raises:
            EvaluationError: the result is of another kind, or a list's items differ in type.
        """
        if not isinstance(self.content, list):
            if isinstance(self.content, tuple):
                return coerce(evaluate(self.content, scope), self.kind)
            return self.content
        scalar = None if self.kind is None else Kind(self.kind.scalar, False)
        items = [coerce(evaluate(i, scope), scalar) if isinstance(i, tuple) else i for i in self.content]
        if not is_of(items, self.kind):
            raise EvaluationError(f"the items of the list differ in type or are not as declared: {items!r}")
        return items  # type: ignore[return-value]


class Parameter(Protocol):
    """One `<param>` directly inside a node."""

    def argument(self, key: str, scope: Scope) -> Argument | None:
        """Return what stands behind --params-file, None for nothing; `key` is the node the values are for."""


@dataclass(frozen=True)
class Values:
    """`<param name=...>`: dotted names and values."""

    reader: Reader
    entries: Sequence[tuple[Template, ParameterValue]]

    def argument(self, key: str, scope: Scope) -> Argument | None:
        """Write the values as a parameter file."""
        values: dict[str, Value] = {}
        for name, value in self.entries:
            full_name = evaluate(name, scope)
            try:
                values[full_name] = value.evaluate(scope)
            except EvaluationError as error:
                raise self.reader.error(f"parameter {full_name!r}: {error}", error.hint) from error
        return ParameterText(yaml.dump({key: {"ros__parameters": values}}, default_flow_style=False))


@dataclass(frozen=True)
class File:
    """`<param from=...>`: a parameter file, with substitutions where `allow_substs` says so."""

    reader: Reader
    file: Template
    substitute: bool

    def argument(self, key: str, scope: Scope) -> Argument | None:
        """Name the file, or give its content with substitutions put in; a missing file is left out with a warning."""
        path = Path(evaluate(self.file, scope))
        if self.substitute:
            return self._substituted(path, scope)
        if not path.is_file():
            scope.plan.warnings.append(f"{path} is not a file: its parameters are left out")
            return None
        return str(path)

    def _substituted(self, path: Path, scope: Scope) -> ParameterText:
        try:
            content = evaluate(read_template(path.read_text()), scope)
            yaml.safe_load(content)
        except (OSError, yaml.YAMLError, ValueError) as error:
            raise self.reader.error(f"parameter file {path}: {error}") from error
        except EvaluationError as error:
            raise self.reader.error(f"parameter file {path}: {error}", error.hint) from error
        return ParameterText(content)


def read_parameter(reader: Reader) -> Parameter:
    """Read a `<param>` directly inside a node.

    Raises:
        LaunchFileError: attributes are missing, exclude each other or are of a wrong type.
    """
    source = reader.template("from")
    substitute = reader.typed("allow_substs", KINDS["bool"])
    if source is None:
        if substitute is not None:
            raise reader.error("'allow_substs' goes with 'from' only")
        if reader.text("name") is None:
            raise reader.error("either 'name' or 'from' is needed")
        return Values(reader, _entries(reader, ()))
    if reader.text("name") is not None:
        raise reader.error("'name' and 'from' exclude each other")
    if not isinstance(substitute, (bool, type(None))):
        raise reader.error(f"'allow_substs' must be true or false, got {substitute!r}")
    reader.finish()
    return File(reader, source, bool(substitute))


def _entries(reader: Reader, prefix: Template) -> list[tuple[Template, ParameterValue]]:
    name = (*prefix, Text("."), *reader.required_template("name")) if prefix else reader.required_template("name")
    type_name = reader.typed("type", None)
    if type_name is not None and (not isinstance(type_name, str) or type_name not in KINDS):
        raise reader.error(f"unknown type {type_name!r}", "types: " + ", ".join(KINDS))
    kind = KINDS[type_name] if type_name is not None else None
    value = reader.typed("value", kind)
    nested = reader.children("param")
    reader.finish()
    if nested and (value is not None or kind is not None):
        raise reader.error("nested parameters exclude 'value' and 'type'")
    if value is not None:
        return [(name, _value(reader, value, kind))]
    if not nested:
        raise reader.error("either 'value' or nested parameters are needed")
    return [entry for child in nested for entry in _entries(child, name)]


def _value(reader: Reader, value: Value, kind: Kind | None) -> ParameterValue:
    content: Item | list[Item]
    if isinstance(value, list):
        content = [_item(reader, item) for item in value]
        if len({type(item) for item in content if not isinstance(item, tuple)}) > 1:
            raise reader.error(f"the items of the list differ in type: {value!r}")
        known = [item for item in content if not isinstance(item, tuple)]
        fits = not known or is_of(known, kind) if kind is None or kind.is_list else False
    else:
        content = _item(reader, value)
        fits = isinstance(content, tuple) or (is_value(content) if kind is None else is_of(content, kind))
    if not fits:
        raise reader.error(f"the value {value!r} is not of the declared type")
    return ParameterValue(content, kind)


def _item(reader: Reader, value: Item) -> Item:
    """Read the substitutions of a text; a text without any is final and is not read as YAML a second time."""
    if not isinstance(value, str):
        return value
    template = reader.parsed(value)
    if len(template) == 1 and isinstance(template[0], Text):
        return template[0].text
    return template
