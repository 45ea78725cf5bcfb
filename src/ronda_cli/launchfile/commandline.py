# SPDX-License-Identifier: Apache-2.0
"""Command lines in attributes (`cmd`, `args`, `ros_args`): split into words before substitutions get their values."""

from __future__ import annotations

import shlex

from ronda_cli.launchfile.expression import Call, Template, Text
from ronda_cli.launchfile.reader import Reader


def read_command_line(reader: Reader, name: str) -> list[Template] | None:
    """Read an attribute as a command line, None where it is missing.

    Only the literal text between substitutions is split, each piece by itself: the value of a substitution stays one
    word whatever it contains, and a quotation cannot begin before a substitution and end after it.
    """
    template = reader.template(name)
    if template is None:
        return None
    try:
        return split(template)
    except ValueError as error:
        raise reader.error(
            f"attribute {name!r} cannot be split into words: {error}",
            "close quotes before $(...); it stays one word anyway",
        ) from error


def split(template: Template) -> list[Template]:
    """Split a template into words, each a template.

    A piece of blanks alone ends a word even where none was begun, which leaves an empty word; Jazzy does the same.

    Raises:
        ValueError: a quotation or an escape is not closed within its piece of text.
    """
    words: list[Template] = []
    word: list[Text | Call] = []

    def finish() -> None:
        words.append(tuple(word))
        word.clear()

    for part in template:
        if isinstance(part, Call):
            word.append(part)
            continue
        pieces = shlex.split(part.text)
        if not pieces:
            finish()
            continue
        if part.text[0].isspace() and word:
            finish()
        for index, piece in enumerate(pieces):
            if index:
                finish()
            word.append(Text(piece))
        if part.text[-1].isspace():
            finish()
    if word:
        finish()
    return words
