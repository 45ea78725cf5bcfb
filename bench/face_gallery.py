# SPDX-License-Identifier: Apache-2.0
"""Measure the gallery's indexes on clustered, face-like templates: query time, recall, build time, memory.

Each size is run with exact search and with the approximate index; queries are new noisy looks at enrolled people.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from typing import Any

import numpy as np

from face_perception.index import ExactIndex, TemplateIndex
from face_perception.index_faiss import FaissIndex
from ronda_cli.measurement import main

_CHUNK = 50_000


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this measurement's own options."""
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--length", type=int, default=704, help="length of a template")
    parser.add_argument("--queries", type=int, default=200)


def templates(count: int, length: int, seed: int = 0) -> Any:
    """Return unit templates around 1,000 centres, so that the nearest strangers reach cosines of 0.4 to 0.5."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((1000, length), dtype=np.float32)
    made = np.empty((count, length), np.float32)
    for start in range(0, count, _CHUNK):
        part = made[start : start + _CHUNK]
        rng.standard_normal(out=part, dtype=np.float32)
        part += 0.8 * centres[rng.integers(1000, size=len(part))]
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    return made


def measure(index: TemplateIndex, made: Any, queries: Any, truth: list[str]) -> dict[str, float]:
    """Fill ``index`` and search it."""
    started = time.perf_counter()
    index.put_many({str(row): vector for row, vector in enumerate(made)})
    built = time.perf_counter() - started
    times, right = [], 0
    for query, expected in zip(queries, truth, strict=True):
        started = time.perf_counter()
        hits = index.search(query, 1)
        times.append((time.perf_counter() - started) * 1e3)
        right += bool(hits) and hits[0][0] == expected
    return {
        "query_ms_p50": round(float(np.percentile(times, 50)), 3),
        "query_ms_p95": round(float(np.percentile(times, 95)), 3),
        "recall_at_1": right / len(truth),
        "build_s": round(built, 2),
    }


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Measure every size."""
    import faiss

    faiss.omp_set_num_threads(1)
    results = {}
    for size in options.sizes:
        made = templates(size, options.length)
        rng = np.random.default_rng(1)
        chosen = rng.integers(size, size=options.queries)
        queries = made[chosen] + 0.9 * rng.standard_normal((options.queries, options.length), dtype=np.float32) / (
            options.length**0.5
        )
        queries /= np.linalg.norm(queries, axis=1, keepdims=True)
        truth = [str(int((made @ query).argmax())) for query in queries]
        results[str(size)] = {
            "exact": measure(ExactIndex(options.length), made, queries, truth),
            "faiss": measure(FaissIndex(options.length, size), made, queries, truth),
            "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        }
    return {"template_length": options.length, "threads": 1, "sizes": results}


if __name__ == "__main__":
    sys.exit(main(run, __doc__.splitlines()[0], add_options))
