# SPDX-License-Identifier: Apache-2.0
"""Approximate search for large galleries: an inverted file of half-precision templates (faiss).

Lives in memory only and is built from the encrypted store at start: a plain index file would be a plain gallery.
"""

from __future__ import annotations

from collections.abc import Mapping

import faiss
import numpy as np

from face_perception.faces import Template

# Cells grow with the square root of the gallery; probing this share of them keeps recall@1 above 99 % on clustered
# templates (measured by bench/face_gallery.py).
_CELLS_PER_ROOT = 4.0
_PROBED = 16
_TRAINING_PER_CELL = 40


class FaissIndex:
    """Holds one template per key in cells around centroids; a search looks into the nearest cells only."""

    def __init__(self, template_size: int, expected: int, probed: int = _PROBED) -> None:
        """``expected`` people decide the number of cells; more may be added."""
        self._size = template_size
        self._cells = max(1, int(_CELLS_PER_ROOT * expected**0.5))
        self._probed = probed
        self._index: faiss.IndexIVF | None = None
        self._keys: dict[int, str] = {}
        self._rows: dict[str, int] = {}
        self._next = 0

    def __len__(self) -> int:
        return len(self._keys)

    def put(self, key: str, template: Template) -> None:
        """Add a template or replace that of ``key``."""
        self.put_many({key: template})

    def put_many(self, templates: Mapping[str, Template]) -> None:
        """Add many templates; the first call's also place the cells."""
        if not templates:
            return
        for key in templates:
            self.remove(key)
        matrix = np.stack(list(templates.values())).astype(np.float32)
        if self._index is None:
            self._index = self._train(matrix)
        rows = np.arange(self._next, self._next + len(matrix), dtype=np.int64)
        self._index.add_with_ids(matrix, rows)
        self._next += len(matrix)
        for key, row in zip(templates, rows.tolist(), strict=True):
            self._keys[row], self._rows[key] = key, row

    def remove(self, key: str) -> None:
        """Remove ``key``; unknown keys are ignored."""
        row = self._rows.pop(key, None)
        if row is not None and self._index is not None:
            del self._keys[row]
            self._index.remove_ids(faiss.IDSelectorBatch(np.array([row], np.int64)))

    def search(self, query: Template, count: int) -> list[tuple[str, float]]:
        """Return the ``count`` nearest keys that were found, with their cosines, best first."""
        if self._index is None or not self._keys or count <= 0:
            return []
        scores, rows = self._index.search(query[None].astype(np.float32), min(count, len(self._keys)))
        found = zip(rows[0].tolist(), scores[0].tolist(), strict=True)
        return [(self._keys[row], float(score)) for row, score in found if row >= 0]

    def _train(self, matrix: Template) -> faiss.IndexIVF:
        cells = min(self._cells, max(1, len(matrix) // _TRAINING_PER_CELL))
        # Kept here: the index only points to it.
        self._quantizer = faiss.IndexFlatIP(self._size)
        index = faiss.IndexIVFScalarQuantizer(
            self._quantizer, self._size, cells, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT, False
        )
        sample = np.random.default_rng(0).permutation(len(matrix))[: cells * _TRAINING_PER_CELL]
        index.cp.niter = 8
        index.train(matrix[sample])
        index.nprobe = min(cells, self._probed)
        return index
