# SPDX-License-Identifier: Apache-2.0
"""What every measurement in `bench/` has in common: its options, the machine it ran on, its JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Run = Callable[[argparse.Namespace], dict[str, Any]]
AddOptions = Callable[[argparse.ArgumentParser], None]


def main(run: Run, description: str, add_options: AddOptions | None = None, words: Sequence[str] | None = None) -> int:
    """Read the options, run the measurement, and print its figures; write them to the file named with --json."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    if add_options is not None:
        add_options(parser)
    options = parser.parse_args(words)
    text = json.dumps({"machine": machine(), **run(options)}, indent=2) + "\n"
    sys.stdout.write(text)
    if options.json is not None:
        options.json.write_text(text)
    return 0


def machine() -> dict[str, Any]:
    """Describe the machine: figures mean little without it."""
    return {
        "cores": os.cpu_count(),
        "load_1min": round(os.getloadavg()[0], 2),
        "processor": _processor(),
        "python": platform.python_version(),
        "system": platform.platform(),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith(("model name", "Model")):
            return line.partition(":")[2].strip()
    return platform.machine()
