# SPDX-License-Identifier: Apache-2.0
"""`ronda bench`: run the measurements in the tree's `bench/` folder, each in a process of its own.

A measurement is a file `bench/NAME.py` with `run(options) -> dict`, handed to `ronda_cli.measurement.main` when the
file is run: it prints the figures as JSON, and writes them to the file named with `--json`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from ronda_cli.errors import CliError
from ronda_cli.suggestions import suggestion

app = typer.Typer(add_completion=False)
_FOLDER = Path("bench")


def measurements(folder: Path = _FOLDER) -> dict[str, Path]:
    """Map the name of each measurement in `folder` to its file; a leading underscore keeps a file out."""
    return {path.stem: path for path in sorted(folder.glob("*.py")) if not path.name.startswith("_")}


def select(name: str, folder: Path = _FOLDER) -> dict[str, Path]:
    """Return the measurement `name`, or all of them.

    Raises:
        CliError: there is none of that name, or no folder of measurements here.
    """
    known = measurements(folder)
    if not known:
        raise CliError(f"there are no measurements in {folder.absolute()}", hint="run this in the source tree of Ronda")
    if name == "all":
        return known
    if name not in known:
        raise CliError(
            f"there is no measurement {name!r}", hint=suggestion(name, known) or "known: " + ", ".join(known)
        )
    return {name: known[name]}


@app.command()
def bench(
    name: Annotated[str | None, typer.Argument(metavar="NAME|all", help="Which; without it, all are listed.")] = None,
    json: Annotated[
        Path | None, typer.Option("--json", metavar="OUT", help="Folder for NAME.json, or a .json file.")
    ] = None,
) -> None:
    """Measure this machine; ends with 1 if a measurement failed."""
    if name is None:
        sys.stdout.write("".join(f"{known}\n" for known in measurements()))
        return
    chosen = select(name)
    as_file = json is not None and json.suffix == ".json"
    if as_file and len(chosen) > 1:
        raise CliError(f"{json} is one file for {len(chosen)} measurements", hint="name a folder")
    failed = []
    for known, path in chosen.items():
        output = json / f"{known}.json" if json is not None and not as_file else json
        if not _measure(known, path, output):
            failed.append(known)
    if failed:
        sys.stderr.write(f"failed: {', '.join(failed)}\n")
        raise typer.Exit(1)


def _measure(name: str, path: Path, output: Path | None) -> bool:
    sys.stdout.write(f"== {name}\n")
    sys.stdout.flush()
    options = []
    if output is not None:
        output.parent.mkdir(parents=True, exist_ok=True)
        options = ["--json", str(output)]
    # -P: a file of bench/ must not stand in for a library of the same name (serial).
    return subprocess.run([sys.executable, "-P", str(path), *options], check=False).returncode == 0
