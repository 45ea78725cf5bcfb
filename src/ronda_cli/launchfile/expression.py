# SPDX-License-Identifier: Apache-2.0
"""The text of an attribute with substitutions, `$(name argument ...)`, as a tree.

Rules of ROS 2 Jazzy's launch that are easy to miss:
  - exactly one space stands between the name and each argument;
  - an argument is bare, or wholly in single or in double quotes, never partly;
  - a character is literal when a backslash stands right before it, even if that backslash is itself escaped;
  - afterwards every backslash in a text disappears and what it preceded stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ronda_cli.launchfile.errors import EvaluationError

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_QUOTES = "'\""


@dataclass(frozen=True)
class Text:
    """A literal text, with its escapes removed."""

    text: str


@dataclass(frozen=True)
class Call:
    """One substitution: its name and its arguments, each a template of its own."""

    name: str
    arguments: tuple[Template, ...]


Template = tuple[Text | Call, ...]


def unescape(text: str) -> str:
    """Drop each backslash and keep what stands behind it."""
    return re.sub(r"\\(.)", r"\1", text)


def parse(source: str) -> Template:
    """Read `source`; a text without a substitution becomes one `Text`.

    Raises:
        EvaluationError: a `$(` is not followed by a well-formed substitution.
    """
    if not source:
        return (Text(""),)
    reader = _Reader(source)
    template = reader.fragments("")
    if reader.position != len(source):
        raise reader.error("unexpected character")
    return template


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0

    def error(self, what: str) -> EvaluationError:
        return EvaluationError(
            f"cannot read {self.source!r}: {what} at character {self.position + 1}",
            hint="substitutions look like $(var name) or $(env NAME 'default value'), with single spaces",
        )

    def peek(self, length: int = 1) -> str:
        return self.source[self.position : self.position + length]

    def fragments(self, quote: str) -> Template:
        """Texts and calls up to the end, or up to the closing `quote`."""
        return self._sequence(stops=quote, quote=quote)

    def _sequence(self, stops: str, quote: str) -> Template:
        parts: list[Text | Call] = []
        while self.position < len(self.source):
            if self._at_call():
                parts.append(self._call(quote))
                continue
            text = self._text(stops)
            if not text:
                break
            parts.append(Text(unescape(text)))
        return tuple(parts)

    def _escaped(self) -> bool:
        return self.position > 0 and self.source[self.position - 1] == "\\"

    def _at_call(self) -> bool:
        return self.peek(2) == "$(" and not self._escaped()

    def _text(self, stops: str) -> str:
        start = self.position
        while self.position < len(self.source) and not self._at_call():
            character = self.peek()
            # A space ends an argument even behind a backslash.
            if character in stops and (character == " " or not self._escaped()):
                break
            self.position += 1
        return self.source[start : self.position]

    def _call(self, quote: str) -> Call:
        self.position += 2
        name = _NAME.match(self.source, self.position)
        if name is None:
            raise self.error("a substitution's name is expected")
        self.position = name.end()
        arguments: list[Template] = []
        while self.peek() == " ":
            self.position += 1
            arguments.append(self._argument(quote))
        if self.peek() != ")":
            raise self.error("')' is expected")
        self.position += 1
        return Call(name.group(), tuple(arguments))

    def _argument(self, quote: str) -> Template:
        if not quote and self.peek() and self.peek() in _QUOTES:
            return self._quoted(self.peek())
        template = self._sequence(stops=" ()" + (quote or _QUOTES), quote=quote)
        if not template:
            raise self.error("an argument is expected")
        return template

    def _quoted(self, quote: str) -> Template:
        self.position += 1
        template = self.fragments(quote)
        if self.peek() != quote:
            raise self.error(f"the closing {quote} is missing")
        self.position += 1
        return template
