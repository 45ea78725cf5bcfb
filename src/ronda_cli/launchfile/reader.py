# SPDX-License-Identifier: Apache-2.0
"""Access to an element's attributes and children that notices what nobody asked for."""

from __future__ import annotations

from collections.abc import Sequence

from ronda_cli.launchfile.document import Element
from ronda_cli.launchfile.errors import EvaluationError, LaunchFileError
from ronda_cli.launchfile.expression import Template
from ronda_cli.launchfile.scalars import KINDS, Kind, Value, coerce, coerce_items
from ronda_cli.launchfile.substitutions import read_template
from ronda_cli.suggestions import suggestion


class Reader:
    """One element being read; `finish` refuses attributes and children that were never asked for."""

    def __init__(self, element: Element) -> None:
        """Start with nothing read."""
        self.element = element
        self._attributes: set[str] = set()
        self._children: set[str] = set()

    def error(self, message: str, hint: str = "") -> LaunchFileError:
        """Build an error that names this element's place."""
        return LaunchFileError(message, self.element, hint=hint)

    def raw(self, name: str) -> str | list[str] | None:
        """Return an attribute as written; a list where `NAME-sep` says at which text to split it."""
        text = self.element.attributes.get(name)
        self._attributes.add(name)
        if text is None:
            return None
        separator = self.element.attributes.get(f"{name}-sep")
        if separator is None:
            return text
        self._attributes.add(f"{name}-sep")
        if not separator:
            raise self.error(f"attribute {name}-sep is empty")
        return text.split(separator)

    def text(self, name: str) -> str | None:
        """Return an attribute as written, None where it is missing."""
        value = self.raw(name)
        if isinstance(value, list):
            raise self.error(f"attribute {name!r} cannot be a list")
        return value

    def required(self, name: str) -> str:
        """Return an attribute that has to be there."""
        value = self.text(name)
        if value is None:
            raise self.error(f"attribute {name!r} is missing")
        return value

    def template(self, name: str) -> Template | None:
        """Return an attribute with its substitutions read, None where it is missing."""
        text = self.text(name)
        return None if text is None else self.parsed(text)

    def required_template(self, name: str) -> Template:
        """Return an attribute with its substitutions read; it has to be there."""
        return self.parsed(self.required(name))

    def parsed(self, text: str) -> Template:
        """Read the substitutions of `text`, naming this element where they are malformed."""
        try:
            return read_template(text)
        except EvaluationError as error:
            raise self.error(str(error), error.hint) from error

    def typed(self, name: str, kind: Kind | None) -> Value | None:
        """Read an attribute as `kind`; a text stays one where it does not fit (it may hold substitutions)."""
        value = self.raw(name)
        try:
            if isinstance(value, list):
                return coerce_items(value, kind)
            return None if value is None else coerce(value, kind, keep_text=True)
        except EvaluationError as error:
            raise self.error(f"attribute {name!r}: {error}", error.hint) from error

    def flag(self, name: str, default: bool) -> bool:
        """Read a boolean attribute.

        Jazzy evaluates no substitutions here: a text that is neither true nor false counts as true unless it is empty.
        """
        value = self.typed(name, KINDS["bool"])
        return default if value is None else bool(value)

    def number(self, name: str, kind: str) -> float | None:
        """Read a number attribute (`kind`: int or float); substitutions are not evaluated here, in Jazzy either."""
        value = self.typed(name, KINDS[kind])
        if value is None or isinstance(value, (int, float)):
            return value
        raise self.error(f"attribute {name!r} must be a number, got {value!r}", "write the number itself")

    def children(self, tag: str) -> list[Reader]:
        """Return the children with that tag."""
        self._children.add(tag)
        return [Reader(child) for child in self.element.children if child.tag == tag]

    def other_children(self, without: Sequence[str] = ()) -> list[Reader]:
        """Return all children but those with a tag in `without`."""
        self._children.update(child.tag for child in self.element.children)
        return [Reader(child) for child in self.element.children if child.tag not in without]

    def finish(self) -> None:
        """Refuse what nobody asked for.

        Raises:
            LaunchFileError: an attribute or a child is not supported in this place.
        """
        for child in self.element.children:
            if child.tag not in self._children:
                known = ", ".join(f"<{tag}>" for tag in sorted(self._children)) or "no other tags"
                raise LaunchFileError(f"is not supported inside <{self.element.tag}>", child, hint=f"it takes {known}")
        for name in self.element.attributes:
            if name not in self._attributes:
                hint = suggestion(name, self._attributes) or "it takes " + ", ".join(sorted(self._attributes))
                raise self.error(f"unknown attribute {name!r}", hint)
