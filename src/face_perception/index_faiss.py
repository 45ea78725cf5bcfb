# SPDX-License-Identifier: Apache-2.0
"""Approximate search for large galleries: faiss shortlists with 4-bit codes, half-precision templates decide.

Lives in memory only and is made from the encrypted store at start, in seconds: a plain index file would be a plain
gallery. Product quantisation in an inverted file: Jegou, Douze and Schmid, "Product quantization for nearest neighbor
search", 2011; the codes are compared in registers: Andre, Kermarrec and Le Scouarnec, "Cache locality is not enough",
2015.
"""

from __future__ import annotations

import math

import faiss
import numpy as np
from numpy.typing import NDArray

from face_perception.faces import Template

# Measured by bench/gallery.py: recall@1 above 99 % even where templates form no clusters and queries are poor.
_CELLS_PER_ROOT, _LEAST_CELLS = 0.5, 16
_CODES_SEEN = 300_000
_SHORTLIST = 50
_TRAINING_PER_CELL = 60
_BLOCK = 20_000
# From here on it is as quick, and exact, to compare with everybody.
_EXHAUSTIVE_FROM = 1000


class FaissIndex:
    """Holds one template per person. Searches one at a time; the first after additions takes them in."""

    def __init__(self, template_size: int, expected: int) -> None:
        """Make room for ``expected`` people; more may be added."""
        self._size = template_size
        self._templates: NDArray[np.float16] = np.zeros((max(16, expected), template_size), np.float16)
        self._numbers: NDArray[np.int64] = np.full(len(self._templates), -1, np.int64)
        self._rows: dict[int, int] = {}
        self._used = 0
        self._index: faiss.IndexIVFPQFastScan | None = None
        self._trained_on = 0
        self._indexed = 0

    def __len__(self) -> int:
        return len(self._rows)

    def put(self, number: int, template: Template) -> None:
        """Add a template or replace that of ``number``."""
        self.put_many(np.array([number], np.int64), template[None])

    def put_many(self, numbers: NDArray[np.int64], templates: NDArray[np.floating]) -> None:
        """Add or replace many templates."""
        for number in numbers.tolist():
            self.remove(number)
        start, end = self._used, self._used + len(numbers)
        if end > len(self._templates):
            more = max(end - len(self._templates), len(self._templates) // 4)
            self._templates = np.concatenate([self._templates, np.zeros((more, self._size), np.float16)])
            self._numbers = np.concatenate([self._numbers, np.full(more, -1, np.int64)])
        self._templates[start:end] = templates
        self._numbers[start:end] = numbers
        self._rows.update(zip(numbers.tolist(), range(start, end), strict=True))
        self._used = end

    def remove(self, number: int) -> None:
        """Remove ``number`` and overwrite its template; unknown numbers are ignored."""
        row = self._rows.pop(number, None)
        if row is not None:
            self._templates[row] = 0
            self._numbers[row] = -1

    def search(self, query: Template, count: int) -> list[tuple[int, float]]:
        """Return the ``count`` nearest numbers that were found, with their cosines, best first."""
        if not self._rows or count <= 0:
            return []
        wanted = max(_SHORTLIST, 4 * count)
        if wanted >= min(_EXHAUSTIVE_FROM, len(self._rows)):
            rows = np.flatnonzero(self._numbers[: self._used] >= 0)
        else:
            _, found = self._up_to_date().search(query[None].astype(np.float32), wanted)
            rows = found[0][found[0] >= 0]
            # The codes of removed people stay in the index until it is made anew.
            rows = rows[self._numbers[rows] >= 0]
        scores = np.concatenate(
            [self._templates[rows[at : at + _BLOCK]].astype(np.float32) @ query for at in range(0, len(rows), _BLOCK)]
            or [np.zeros(0, np.float32)]
        )
        best = np.argsort(-scores)[:count]
        return [(int(self._numbers[rows[one]]), float(scores[one])) for one in best.tolist()]

    def _up_to_date(self) -> faiss.IndexIVFPQFastScan:
        removed = self._used - len(self._rows)
        if self._index is None or self._used > 2 * self._trained_on or removed > self._used // 4:
            self._compact()
            self._train()
        assert self._index is not None
        for at in range(self._indexed, self._used, _BLOCK):
            part = self._templates[at : min(at + _BLOCK, self._used)].astype(np.float32)
            self._index.add_with_ids(part, np.arange(at, at + len(part), dtype=np.int64))
        self._indexed = self._used
        return self._index

    def _compact(self) -> None:
        kept = np.flatnonzero(self._numbers[: self._used] >= 0)
        if len(kept) < self._used:
            self._templates[: len(kept)], self._numbers[: len(kept)] = self._templates[kept], self._numbers[kept]
            self._templates[len(kept) : self._used], self._numbers[len(kept) : self._used] = 0, -1
            self._used = len(kept)
            self._rows = {number: row for row, number in enumerate(self._numbers[: self._used].tolist())}

    def _train(self) -> None:
        cells = max(1, min(max(_LEAST_CELLS, int(_CELLS_PER_ROOT * self._used**0.5)), self._used // 40))
        chosen = np.random.default_rng(0).permutation(self._used)[: max(cells * _TRAINING_PER_CELL, 5000)]
        # Kept here: the index only points to it.
        self._quantizer = faiss.IndexFlatIP(self._size)
        step = next(step for step in (8, 4, 2, 1) if self._size % step == 0)
        index = faiss.IndexIVFPQFastScan(
            self._quantizer, self._size, cells, self._size // step, 4, faiss.METRIC_INNER_PRODUCT
        )
        index.by_residual = False
        index.cp.niter, index.cp.spherical, index.cp.min_points_per_centroid = 6, True, 1
        index.train(self._templates[np.sort(chosen)].astype(np.float32))
        index.nprobe = min(cells, math.ceil(cells * _CODES_SEEN / self._used))
        self._index, self._trained_on, self._indexed = index, self._used, 0
