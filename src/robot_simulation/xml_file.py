# SPDX-License-Identifier: Apache-2.0
"""XML elements that know their line, and refusals that name file, line and element."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from robot_simulation.errors import DescriptionError
from ronda_core.parameters import suggest


@dataclass(eq=False)
class Element:
    """One XML element of `file`, which starts in `line`."""

    tag: str
    attributes: dict[str, str]
    line: int
    file: str
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def error(self, message: str, hint: str = "") -> DescriptionError:
        """Return an error that names this element's place."""
        return DescriptionError(f"{self.file}:{self.line}: <{self.tag}>: {message}", hint=hint)

    def find(self, tag: str) -> Element | None:
        """Return the first child with this tag."""
        return next((child for child in self.children if child.tag == tag), None)

    def all(self, tag: str) -> list[Element]:
        """Return the children with this tag."""
        return [child for child in self.children if child.tag == tag]

    def need(self, tag: str) -> Element:
        """Return the first child with this tag. Raises DescriptionError without one."""
        child = self.find(tag)
        if child is None:
            raise self.error(f"lacks <{tag}>")
        return child

    def attribute(self, name: str) -> str:
        """Return an attribute. Raises DescriptionError without it."""
        if name not in self.attributes:
            raise self.error(f"lacks the attribute '{name}'")
        return self.attributes[name]

    def value(self, tag: str, default: str = "") -> str:
        """Return the text of a child, or `default`."""
        child = self.find(tag)
        return child.text.strip() if child is not None else default

    def number(self, tag: str, default: float) -> float:
        """Return the number in a child, or `default`."""
        child = self.find(tag)
        return child.numbers(1)[0] if child is not None else default

    def flag(self, tag: str, default: bool) -> bool:
        """Return the truth value in a child, or `default`."""
        text = self.value(tag, str(default)).lower()
        if text not in ("true", "false", "1", "0"):
            raise self.need(tag).error(f"'{text}' is neither true nor false")
        return text in ("true", "1")

    def numbers(self, count: int) -> tuple[float, ...]:
        """Return the `count` numbers of this element's text."""
        return parse_numbers(self, self.text, count)

    def check_children(self, known: Collection[str], ignored: Collection[str] = ()) -> None:
        """Refuse children that are neither known nor of those that have no meaning here."""
        for child in self.children:
            if child.tag not in known and child.tag not in ignored:
                raise DescriptionError(
                    f"{child.file}:{child.line}: unknown element <{child.tag}> in <{self.tag}>"
                    f"{suggest(child.tag, known)}",
                    hint=f"known there: {', '.join(sorted(known))}",
                )


def parse_numbers(element: Element, text: str, count: int) -> tuple[float, ...]:
    """Return the `count` finite numbers in `text`. Raises DescriptionError naming `element`."""
    try:
        numbers = tuple(float(word) for word in text.split())
    except ValueError:
        raise element.error(f"'{text.strip()}' is not {count} numbers") from None
    if len(numbers) != count or any(number != number for number in numbers):
        raise element.error(f"expected {count} numbers, found '{text.strip()}'")
    return numbers


def parse_xml(text: str, file: str) -> Element:
    """Return the root element of an XML text. Raises DescriptionError naming file and line."""
    stack: list[Element] = []
    roots: list[Element] = []
    parser = expat.ParserCreate()

    def start(tag: str, attributes: dict[str, str]) -> None:
        element = Element(tag, attributes, parser.CurrentLineNumber, file)
        (stack[-1].children if stack else roots).append(element)
        stack.append(element)

    def end(_tag: str) -> None:
        stack.pop()

    def characters(data: str) -> None:
        stack[-1].text += data

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, characters
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise DescriptionError(
            f"{file}:{error.lineno}: not well-formed XML: {expat.ErrorString(error.code)}"
        ) from error
    return roots[0]


def read_xml(path: Path) -> Element:
    """Return the root element of a file. Raises DescriptionError when it cannot be read or is not XML."""
    try:
        return parse_xml(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise DescriptionError(f"{path}: cannot be read: {error}", hint="check the path") from error
