# SPDX-License-Identifier: Apache-2.0
"""Search among templates: the interface, and exact search in memory."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
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
    """One template per key; keys are person ids."""

    def __len__(self) -> int: ...

    def put(self, key: str, template: Template) -> None:
        """Add a template or replace that of ``key``."""
        ...

    def put_many(self, templates: Mapping[str, Template]) -> None:
        """Add or replace many templates."""
        ...

    def remove(self, key: str) -> None:
        """Remove ``key``; unknown keys are ignored."""
        ...

    def search(self, query: Template, count: int) -> list[tuple[str, float]]:
        """Return the ``count`` nearest keys with their cosines, best first."""
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
        self._keys: list[str] = []
        self._rows: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def put(self, key: str, template: Template) -> None:
        """Add a template or replace that of ``key``."""
        row = self._rows.get(key)
        if row is None:
            row = len(self._keys)
            if row == len(self._matrix):
                self._matrix = np.concatenate([self._matrix, np.zeros_like(self._matrix)])
            self._keys.append(key)
            self._rows[key] = row
        self._matrix[row] = template

    def put_many(self, templates: Mapping[str, Template]) -> None:
        """Add many templates."""
        for key, template in templates.items():
            self.put(key, template)

    def remove(self, key: str) -> None:
        """Remove ``key`` and overwrite its template; unknown keys are ignored."""
        row = self._rows.pop(key, None)
        if row is None:
            return
        last = len(self._keys) - 1
        if row != last:
            self._matrix[row] = self._matrix[last]
            self._keys[row] = self._keys[last]
            self._rows[self._keys[row]] = row
        self._matrix[last] = 0
        self._keys.pop()

    def search(self, query: Template, count: int) -> list[tuple[str, float]]:
        """Return the ``count`` nearest keys with their cosines, best first."""
        size = len(self._keys)
        if size == 0 or count <= 0:
            return []
        scores = self._matrix[:size] @ query
        best = np.argpartition(-scores, count - 1)[:count] if count < size else np.arange(size)
        ordered: Sequence[int] = best[np.argsort(-scores[best])].tolist()
        return [(self._keys[row], float(scores[row])) for row in ordered]
