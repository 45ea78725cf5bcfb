# SPDX-License-Identifier: Apache-2.0
"""Who is nearest to a template: in memory, following the store, or inside a PostgreSQL server."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from face_perception.errors import GalleryError
from face_perception.faces import Template
from face_perception.index import EXACT_UP_TO, ExactIndex, TemplateIndex, make_index
from face_perception.store import GalleryStore
from face_perception.store_chunks import PEOPLE_PER_CHUNK, Chunk

# Smaller parts of a gallery are read from its rows in no time.
_WORTH_SAVING = 512
_Templates = TypeVar("_Templates", bound=NDArray[np.floating])
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person near a template; ``own_threshold`` is 0 for people without one."""

    number: int
    score: float
    own_threshold: float


class PeopleSearch(Protocol):
    """Finds people by template."""

    def __len__(self) -> int: ...

    def refresh(self) -> None:
        """Take in what any process has written before this call."""
        ...

    def search(self, query: Template, count: int) -> list[Candidate]:
        """Return the ``count`` nearest people, best first."""
        ...


class MemorySearch:
    """All templates in this process: exact for small galleries, approximate for large ones."""

    def __init__(
        self,
        store: GalleryStore,
        template_size: int,
        make_index: Callable[[int, int], TemplateIndex] = make_index,
        save_above: int = EXACT_UP_TO,
    ) -> None:
        """Galleries of more than ``save_above`` people keep sealed chunks for the next start."""
        self._store = store
        self._size = template_size
        self._make_index = make_index
        self._save_above = save_above
        self._index: TemplateIndex = ExactIndex(template_size)
        self._own: dict[int, float] = {}
        self._expected = 0
        self._head = -1

    def __len__(self) -> int:
        return len(self._index)

    def search(self, query: Template, count: int) -> list[Candidate]:
        """Return the ``count`` nearest people, best first."""
        return [
            Candidate(number, score, self._own.get(number, 0.0)) for number, score in self._index.search(query, count)
        ]

    def refresh(self) -> None:
        """Take in what any process has changed."""
        # Before the rows: what changes while they are read is then read again, never missed.
        head = self._store.head()
        changed = [] if self._head < 0 else self._store.changed_since(self._head)
        if self._head < 0 or self._outgrown() or len(changed) > PEOPLE_PER_CHUNK:
            self._load(head)
        elif changed:
            summaries = self._store.summaries(changed)
            for number in changed:
                self._own.pop(number, None)
                if number in summaries:
                    self._index.put(number, self._fitting(summaries[number].template))
                    self._remember(number, summaries[number].own_threshold)
                else:
                    self._index.remove(number)
        self._head = head

    def _outgrown(self) -> bool:
        """Return whether so many came since the start that another kind of index may be due."""
        return len(self._index) > EXACT_UP_TO > self._expected

    def _load(self, head: int) -> None:
        self._expected = self._store.count()
        self._index, self._own = self._make_index(self._size, self._expected), {}
        for chunk, saved in self._store.all_summaries():
            self._index.put_many(chunk.numbers, self._fitting(chunk.templates))
            for row in np.flatnonzero(chunk.own_thresholds).tolist():
                self._remember(int(chunk.numbers[row]), float(chunk.own_thresholds[row]))
            if not saved and self._expected > self._save_above and len(chunk.numbers) >= _WORTH_SAVING:
                self._save(chunk, head)

    def _save(self, chunk: Chunk, head: int) -> None:
        try:
            self._store.save_chunk(chunk, head)
        except GalleryError as error:
            # A full disk or a read-only one costs the next start some time, nothing else.
            _log.warning("the gallery opens more slowly next time, a part of it cannot be saved: %s", error)

    def _remember(self, number: int, own_threshold: float) -> None:
        if own_threshold:
            self._own[number] = own_threshold

    def _fitting(self, templates: _Templates) -> _Templates:
        if templates.shape[-1] != self._size:
            raise GalleryError(
                f"gallery {self._store.name} holds templates of length {templates.shape[-1]}, "
                f"this profile makes {self._size}",
                hint="use the profile that it was made with, or migrate with 'ronda faces reembed'",
            )
        return templates


class ServerSearch:
    """Lets PostgreSQL shortlist and looks at the shortlist's sealed templates here; nothing is kept in memory."""

    def __init__(self, store: GalleryStore) -> None:
        self._store = store

        self._size = 0

    def __len__(self) -> int:
        return self._size

    def refresh(self) -> None:
        """Count the people; everything else is always up to date."""
        self._size = self._store.count()

    def search(self, query: Template, count: int) -> list[Candidate]:
        """Return the ``count`` nearest people, best first."""
        return [Candidate(*found) for found in self._store.search_sketches(query, count)]
