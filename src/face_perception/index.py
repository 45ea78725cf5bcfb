# SPDX-License-Identifier: Apache-2.0
"""Search among templates: the interface, and exact search in memory."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from face_perception.faces import Template


@dataclass(frozen=True, slots=True)
class Hit:
    """A person near a template: the cosine, and the threshold that this person's match must pass."""

    person_id: str
    score: float
    threshold: float = 1.0


class TemplateIndex(Protocol):
    """One unit template per person, by the person's number."""

    def __len__(self) -> int: ...

    def put(self, number: int, template: Template) -> None:
        """Add a template or replace that of ``number``."""
        ...

    def put_many(self, numbers: NDArray[np.int64], templates: NDArray[np.floating]) -> None:
        """Add or replace many templates, (n, size)."""
        ...

    def remove(self, number: int) -> None:
        """Remove ``number`` and overwrite its template; unknown numbers are ignored."""
        ...

    def search(self, query: Template, count: int) -> list[tuple[int, float]]:
        """Return the ``count`` nearest numbers with their cosines, best first."""
        ...


# Above this exact search takes longer than 10 ms on one core (docs/faces.md).
EXACT_UP_TO = 50_000


def make_index(template_size: int, expected: int) -> TemplateIndex:
    """Return exact search, or the approximate index where many people are expected and faiss is installed."""
    if expected > EXACT_UP_TO and importlib.util.find_spec("faiss") is not None:
        from face_perception.index_faiss import FaissIndex

        return FaissIndex(template_size, expected)
    return ExactIndex(template_size)


class ExactIndex:
    """All templates in one float32 matrix that grows by doubling; a search is one matrix-vector product."""

    def __init__(self, template_size: int) -> None:
        self._matrix: NDArray[np.float32] = np.zeros((16, template_size), np.float32)
        self._numbers: list[int] = []
        self._rows: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def put(self, number: int, template: Template) -> None:
        """Add a template or replace that of ``number``."""
        row = self._rows.get(number)
        if row is None:
            row = len(self._numbers)
            if row == len(self._matrix):
                self._matrix = np.concatenate([self._matrix, np.zeros_like(self._matrix)])
            self._numbers.append(number)
            self._rows[number] = row
        self._matrix[row] = template

    def put_many(self, numbers: NDArray[np.int64], templates: NDArray[np.floating]) -> None:
        """Add or replace many templates."""
        for number, template in zip(numbers.tolist(), templates, strict=True):
            self.put(number, template)

    def remove(self, number: int) -> None:
        """Remove ``number`` and overwrite its template; unknown numbers are ignored."""
        row = self._rows.pop(number, None)
        if row is None:
            return
        last = len(self._numbers) - 1
        if row != last:
            self._matrix[row] = self._matrix[last]
            self._numbers[row] = self._numbers[last]
            self._rows[self._numbers[row]] = row
        self._matrix[last] = 0
        self._numbers.pop()

    def search(self, query: Template, count: int) -> list[tuple[int, float]]:
        """Return the ``count`` nearest numbers with their cosines, best first."""
        size = len(self._numbers)
        if size == 0 or count <= 0:
            return []
        scores = self._matrix[:size] @ query
        best = np.argpartition(-scores, count - 1)[:count] if count < size else np.arange(size)
        ordered: Sequence[int] = best[np.argsort(-scores[best])].tolist()
        return [(self._numbers[row], float(scores[row])) for row in ordered]
