# SPDX-License-Identifier: Apache-2.0
"""The gallery's search from a thousand to a million people: query, recall, build, reload, memory.

Templates lie in 1,000 groups that resemble each other; a query is another look at somebody enrolled (cosine 0.6).
Beside it stand plain numpy and a HNSW graph (faiss). Times are given as wall and as processor time: on a shared machine
only the latter says what the search itself costs. With --json a plot is written beside the file.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# One thread for each library, as on a robot that has other work: must be set before they are loaded.
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import faiss
import numpy as np
from sqlalchemy import insert

from face_perception.calibration import Calibration
from face_perception.gallery import Gallery
from face_perception.index import make_index
from face_perception.people import Person
from face_perception.site import Site, Watchlist
from face_perception.site_key import open_store
from face_perception.store_rows import seal_card, seal_summary
from face_perception.store_tables import PEOPLE
from face_perception.summary import Summary
from face_perception.vault import Key
from ronda_cli.measurement import main
from ronda_core.clock import SystemClock

_CHUNK = 50_000
_COSINE = 0.6
_MODEL = "bench"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this measurement's own options."""
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--length", type=int, default=512, help="length of a template")
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--hnsw-up-to", type=int, default=100_000, help="its build takes longest by far")
    parser.add_argument("--folder", type=Path, help="where to keep the stored gallery meanwhile (5 GB for a million)")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Measure every size."""
    results = {}
    for size in options.sizes:
        made = templates(size, options.length)
        queries = looks(made, options.queries)
        truth = nearest(made, queries)
        engines = {
            "numpy": measured(lambda made=made: Plain(made), queries[:50], truth),
            "ronda": measured(lambda made=made: ours(made), queries, truth),
        }
        if size <= options.hnsw_up_to:
            engines["hnsw"] = measured(lambda made=made: Graph(made), queries, truth)
        with tempfile.TemporaryDirectory(prefix="ronda-bench-", dir=options.folder) as folder:
            stored = kept(Path(folder), made, queries, truth)
        results[str(size)] = {**engines, "stored": stored, "load_1min": round(os.getloadavg()[0], 1)}
        sys.stderr.write(f"{size}: {results[str(size)]}\n")
        del made
        gc.collect()
    figures = {"template_length": options.length, "query_cosine": _COSINE, "sizes": results}
    if options.json is not None:
        plot(figures, options.json.with_suffix(".png"))
    return figures


def templates(count: int, length: int) -> Any:
    """Return unit templates around 1,000 centres, so that the nearest strangers reach cosines of 0.4 to 0.5."""
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((1000, length), dtype=np.float32)
    made = np.empty((count, length), np.float32)
    for start in range(0, count, _CHUNK):
        part = made[start : start + _CHUNK]
        rng.standard_normal(out=part, dtype=np.float32)
        part += 0.8 * centres[rng.integers(1000, size=len(part))]
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    return made


def looks(made: Any, count: int) -> Any:
    """Return new looks at people drawn at random."""
    rng = np.random.default_rng(1)
    noise = rng.standard_normal((count, made.shape[1]), dtype=np.float32)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    queries = made[rng.integers(len(made), size=count)] + (1 / _COSINE**2 - 1) ** 0.5 * noise
    return queries / np.linalg.norm(queries, axis=1, keepdims=True)


def nearest(made: Any, queries: Any) -> Any:
    """Return the row of the truly nearest template of each query."""
    best, rows = np.full(len(queries), -2.0), np.zeros(len(queries), np.int64)
    for start in range(0, len(made), _CHUNK):
        scores = made[start : start + _CHUNK] @ queries.T
        here = scores.max(axis=0)
        rows = np.where(here > best, start + scores.argmax(axis=0), rows)
        best = np.maximum(best, here)
    return rows


class Plain:
    """Plain numpy."""

    def __init__(self, made: Any) -> None:
        self._made = made

    def search(self, query: Any, _count: int) -> list[tuple[int, float]]:
        scores = self._made @ query
        row = int(scores.argmax())
        return [(row, float(scores[row]))]


class Graph:
    """A HNSW graph over 8-bit templates with the usual 16 neighbours, searched widely enough for this recall."""

    def __init__(self, made: Any) -> None:
        self._index = faiss.IndexHNSWSQ(made.shape[1], faiss.ScalarQuantizer.QT_8bit, 16, faiss.METRIC_INNER_PRODUCT)
        self._index.hnsw.efConstruction, self._index.hnsw.efSearch = 40, 128
        self._index.train(made[:20_000])
        for start in range(0, len(made), _CHUNK):
            self._index.add(made[start : start + _CHUNK])

    def search(self, query: Any, count: int) -> list[tuple[int, float]]:
        scores, rows = self._index.search(query[None], count)
        return [(int(rows[0, 0]), float(scores[0, 0]))]


def ours(made: Any) -> Any:
    """Return the index that a gallery of this size uses, ready to search."""
    index = make_index(made.shape[1], len(made))
    for start in range(0, len(made), _CHUNK):
        part = made[start : start + _CHUNK]
        index.put_many(np.arange(start, start + len(part)), part)
    index.search(made[0], 1)
    return index


def measured(build: Callable[[], Any], queries: Any, truth: Any) -> dict[str, Any]:
    """Build an index and search it."""
    gc.collect()
    before, wall, processor = memory_mb(), time.perf_counter(), time.process_time()
    index = build()
    figures: dict[str, Any] = {
        "build_s": round(time.perf_counter() - wall, 1),
        "build_processor_s": round(time.process_time() - processor, 1),
        "memory_mb": round(memory_mb() - before),
    }
    return figures | asked(lambda query: index.search(query, 1)[0][0], queries, truth)


def asked(search: Callable[[Any], Any], queries: Any, truth: Any) -> dict[str, Any]:
    """Search for every query; ``search`` returns whom it found."""
    walls, processors, right = [], [], 0
    search(queries[0])
    for query, expected in zip(queries, truth, strict=False):
        wall, processor = time.perf_counter(), time.thread_time()
        found = search(query)
        processors.append((time.thread_time() - processor) * 1e3)
        walls.append((time.perf_counter() - wall) * 1e3)
        right += found == expected
    return {
        "query_ms": {"p50": percentile(walls, 50), "p95": percentile(walls, 95)},
        "query_processor_ms": {"p50": percentile(processors, 50), "p95": percentile(processors, 95)},
        "recall_at_1": round(float(right / len(queries)), 4),
    }


def percentile(values: list[float], share: float) -> float:
    """Return a percentile, rounded for reading."""
    return round(float(np.percentile(values, share)), 3)


def memory_mb() -> float:
    """Return the resident memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def kept(folder: Path, made: Any, queries: Any, truth: Any) -> dict[str, Any]:
    """Write a whole gallery, sealed person by person, and open it twice, each time in a new process: the first opening
    makes the chunks that the second one profits from."""
    store = open_store(folder, create=True)
    for start in range(0, len(made), _CHUNK):
        with store.database.transaction(write=True) as connection:
            connection.execute(
                insert(PEOPLE), [row(store, start + at, one) for at, one in enumerate(made[start : start + _CHUNK])]
            )
    store.close()
    spawn = multiprocessing.get_context("spawn")
    figures = {}
    for name in ("first_opening", "reload"):
        results = spawn.Queue()
        process = spawn.Process(target=opened, args=(folder, queries, truth, results))
        process.start()
        figures[name] = results.get()
        process.join()
    figures["disk_mb"] = round(sum(file.stat().st_size for file in folder.iterdir()) / 2**20)
    return figures


def row(store: Any, number: int, template: Any) -> dict[str, Any]:
    """Return the sealed row of a person."""
    key = Key.new()
    person = Person(f"p-{number}", f"Person {number}", "all", "bench", 0.0, 0.0, 0, _MODEL)
    return {
        "number": number + 1,
        "person_id": person.person_id,
        "key": store._key.wrap(key, f"key of {person.person_id}"),
        "card": seal_card(key, person),
        "summary": seal_summary(key, person.person_id, Summary(template)),
        "watchlist_id": person.watchlist_id,
        "enrolled_at": 0.0,
        "valid_until": 0.0,
        "model": _MODEL,
    }


def opened(folder: Path, queries: Any, truth: Any, results: Any) -> None:
    """Open the gallery as a program does, until the first search is answered, then search on."""
    end = time.time() + 86_400
    site = Site("bench", "bench", "bench", "bench", end, 0.001, {"all": Watchlist("all", "", "", "", "", end)})
    calibration = Calibration(_MODEL, "bench", 1, 1, ((1e-4, 0.44), (1e-2, 0.3)))
    before, wall, processor = memory_mb(), time.perf_counter(), time.process_time()
    gallery = Gallery.open(folder, site, calibration, queries.shape[1], SystemClock())
    gallery.search(queries[0], 1)
    figures: dict[str, Any] = {
        "seconds": round(time.perf_counter() - wall, 2),
        "processor_s": round(time.process_time() - processor, 2),
        "memory_mb": round(memory_mb() - before),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    figures |= asked(lambda query: int(gallery.search(query, 1)[0].person_id.removeprefix("p-")), queries, truth)
    gallery.close()
    results.put(figures)


def plot(figures: dict[str, Any], out: Path) -> None:
    """Draw query time against the number of people."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    sizes = [int(size) for size in figures["sizes"]]
    canvas, axis = pyplot.subplots(figsize=(7, 4.5))
    for name in ("numpy", "hnsw", "ronda"):
        there = [size for size in sizes if name in figures["sizes"][str(size)]]
        costs = [figures["sizes"][str(size)][name]["query_processor_ms"]["p95"] for size in there]
        axis.plot(there, costs, marker="o", label=name)
    axis.axhline(5, color="grey", linestyle=":", label="5 ms")
    axis.set(
        xscale="log", yscale="log", xlabel="people", ylabel="query, processor time p95 / ms", title="Gallery search"
    )
    axis.grid(True, which="both", alpha=0.3)
    axis.legend()
    canvas.tight_layout()
    canvas.savefig(out, dpi=120)


if __name__ == "__main__":
    sys.exit(main(run, (__doc__ or "").splitlines()[0], add_options))
