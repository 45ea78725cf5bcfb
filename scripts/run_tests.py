#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the tests and ends with one line that counts all of them.

First those that mind nobody, side by side in pytest's workers; then the files with tests that start real nodes
(`live`), each in a process of its own, one more at once than there are workers; last the files that need the whole
machine, because they drive a robot in real time (`alone`).

    python scripts/run_tests.py                          everything
    python scripts/run_tests.py tests/robot_base         a folder
    python scripts/run_tests.py --workers 1 tests/...    one after another
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
NO_TESTS = 5
"""pytest's exit status where a file or folder has no test of the wanted kind."""
FILE_LIMIT_S = 600.0
"""A file of live tests that takes longer hangs where pytest's own limits do not reach: in C, with Python's lock."""


def live_files(paths: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """Return the files with live tests: those that may run side by side, and those that may not.

    Slow and long files come first, so that the last of them does not run while the other worker is idle.
    """
    side_by_side: list[tuple[bool, int, Path]] = []
    alone = []
    for path in paths:
        for file in sorted(path.rglob("test_*.py")) if path.is_dir() else [path]:
            text = file.read_text(encoding="utf-8")
            if "mark.live" in text:
                if "mark.alone" in text:
                    alone.append(file)
                else:
                    side_by_side.append(("mark.slow" not in text, -len(text), file))
    return [file for *_, file in sorted(side_by_side)], alone


def counts(document: Path) -> Counter[str]:
    """Count the outcomes in pytest's JUnit file; nothing where pytest did not come to write it."""
    found: Counter[str] = Counter()
    if not document.is_file():
        return found
    for case in ET.parse(document).getroot().iter("testcase"):
        kinds = {child.tag for child in case}
        if "failure" in kinds:
            found["failed"] += 1
        elif "error" in kinds:
            found["error"] += 1
        elif "skipped" in kinds:
            found["skipped"] += 1
        else:
            found["passed"] += 1
    return found


def summary(total: Counter[str], seconds: float) -> str:
    """Return pytest's own kind of last line, e.g. ``=== 2 failed, 7 passed in 3.10s ===``."""
    parts = [f"{total[kind]} {kind}" for kind in ("failed", "passed", "skipped", "error") if total[kind]]
    return f"{'=' * 20} {', '.join(parts) or 'no tests ran'} in {seconds:.2f}s {'=' * 20}"


def pytest(
    arguments: Sequence[str], document: Path, *, show: bool, limit: float | None = None
) -> tuple[int, Counter[str]]:
    """Run pytest in a process of its own, which is killed after `limit` seconds and counts as an error then.

    Its output is shown as it comes, or in one piece at the end.
    """
    command = [sys.executable, "-m", "pytest", f"--junitxml={document}", *arguments]
    # The many processes that tests start would each compile the same files anew where bytecode is not kept.
    kept = {"PYTHONPYCACHEPREFIX": str(ROOT / "build" / "pycache")}
    environment = {**kept, **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}}
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, check=False, text=True, capture_output=not show, timeout=limit
        )
    except subprocess.TimeoutExpired as error:
        said = b"".join(part for part in (error.stdout, error.stderr) if isinstance(part, bytes)).decode(
            errors="replace"
        )
        print(f"-- {arguments[-1]}\n{said}\nkilled: did not end within {limit:.0f} s", flush=True)
        return 1, Counter(error=1)
    if not show:
        print(f"-- {arguments[-1]}\n{done.stdout}{done.stderr}", end="", flush=True)
    return (0 if done.returncode == NO_TESTS else done.returncode), counts(document)


def main() -> int:
    """Run everything that was asked for; the exit status is not 0 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=2, help="processes at once (default: 2)")
    parser.add_argument("paths", nargs="*", default=["tests"], type=Path, help="files or folders (default: tests)")
    options = parser.parse_args()
    missing = [str(path) for path in options.paths if not Path(path).exists()]
    if missing:
        parser.error(f"no such file or folder: {', '.join(missing)}")
    paths = [Path(path).resolve() for path in options.paths]
    began, total, statuses = time.monotonic(), Counter[str](), []

    with tempfile.TemporaryDirectory(prefix="ronda-tests-") as scratch:
        folder = Path(scratch)

        def take(outcome: tuple[int, Counter[str]]) -> None:
            statuses.append(outcome[0])
            total.update(outcome[1])

        def run_live(numbered: tuple[int, Path]) -> tuple[int, Counter[str]]:
            number, file = numbered
            return pytest(["-q", "-m", "live", str(file)], folder / f"{number}.xml", show=False, limit=FILE_LIMIT_S)

        quiet = ["-n", str(options.workers), "--dist", "loadgroup", "-m", "not live", *map(str, paths)]
        take(pytest(quiet, folder / "quiet.xml", show=True))
        side_by_side, alone = live_files(paths)
        # One more than processors are meant to be used: live tests wait for one another's messages much of their time.
        with ThreadPoolExecutor(options.workers + 1) as pool:
            for outcome in pool.map(run_live, enumerate(side_by_side)):
                take(outcome)
        for outcome in map(run_live, enumerate(alone, len(side_by_side))):
            take(outcome)
    print(summary(total, time.monotonic() - began))
    return next((status for status in statuses if status), 0)


if __name__ == "__main__":
    sys.exit(main())
