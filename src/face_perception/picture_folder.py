# SPDX-License-Identifier: Apache-2.0
"""A folder of people for measuring: one folder per person, any picture names; and LFW's list of pairs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from face_perception.errors import EvaluationError
from face_perception.picture import SUFFIXES


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures and whether they show one person; ``fold`` counts from 0."""

    first: Path
    second: Path
    same: bool
    fold: int


def people_in(folder: Path) -> dict[str, list[Path]]:
    """Return the pictures of each person, sorted. Raises EvaluationError for a folder without people."""
    if not folder.is_dir():
        raise EvaluationError(f"{folder} is no folder", hint="give a folder with one folder of pictures per person")
    found = {
        entry.name: sorted(path for path in entry.iterdir() if path.suffix.lower() in SUFFIXES)
        for entry in sorted(folder.iterdir())
        if entry.is_dir()
    }
    found = {name: pictures for name, pictures in found.items() if pictures}
    if len(found) < 2:
        raise EvaluationError(f"{folder} has pictures of {len(found)} people", hint="one folder per person is expected")
    return found


def read_pairs(file: Path, folder: Path) -> list[Pair]:
    """Read a pairs file in LFW's format: "folds pairs", then "name i j" and "name i name j" lines.

    Raises EvaluationError naming the line.
    """
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{file} cannot be read: {error}", hint="give LFW's pairs.txt or one like it") from error
    try:
        header = [int(word) for word in lines[0].split()]
        per_fold = header[1] if len(header) == 2 else header[0]
    except (IndexError, ValueError) as error:
        raise EvaluationError(f"{file}, line 1: 'folds pairs' is expected", hint="see LFW's pairs.txt") from error
    pairs: list[Pair] = []
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        words = line.split("\t") if "\t" in line else line.split()
        try:
            if len(words) == 3:
                first, second = (words[0], int(words[1])), (words[0], int(words[2]))
            else:
                one, i, two, j = words
                first, second = (one, int(i)), (two, int(j))
        except ValueError as error:
            raise EvaluationError(f"{file}, line {number}: {line!r} is no pair", hint="see LFW's pairs.txt") from error
        paths = [_picture(folder, *which, f"{file}, line {number}") for which in (first, second)]
        pairs.append(Pair(paths[0], paths[1], len(words) == 3, len(pairs) // (2 * per_fold)))
    if not {pair.same for pair in pairs} == {True, False}:
        raise EvaluationError(f"{file} needs pairs of one person and of two", hint="see LFW's pairs.txt")
    return pairs


def _picture(folder: Path, name: str, number: int, where: str) -> Path:
    for suffix in SUFFIXES:
        path = folder / name / f"{name}_{number:04d}{suffix}"
        if path.is_file():
            return path
    raise EvaluationError(f"{where}: {folder / name}/{name}_{number:04d} is missing", hint="check --images")
