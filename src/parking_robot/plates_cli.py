# SPDX-License-Identifier: Apache-2.0
"""The ``ronda plates`` command."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Number plates: read pictures, evaluate.", no_args_is_help=True)

Chain = Annotated[Path | None, typer.Option(help="Chain file (default: the package's chain.yaml).")]


@app.command("read")
def read(
    pictures: Annotated[list[Path], typer.Argument(help="Pictures to read.")],
    chain: Chain = None,
    country: Annotated[list[str] | None, typer.Option(help="Only plates of this country; may be repeated.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per picture.")] = False,
) -> None:
    """Print the plates in each picture with region, confidence and the rule that was applied."""
    from parking_robot.errors import PlateError
    from parking_robot.plates.chain import PlateChain, load_settings
    from parking_robot.plates.evaluation import load_picture
    from parking_robot.plates.formats import builtin_formats

    countries = {code.upper(): 1.0 for code in country or ()}
    if unknown := sorted(countries.keys() - builtin_formats().keys()):
        raise PlateError(f"no plate formats for '{unknown[0]}'", hint=f"known: {', '.join(builtin_formats())}")
    reader = PlateChain(load_settings(chain))
    for path in pictures:
        readings = reader.read(load_picture(path), countries or None)
        if as_json:
            plates = [
                {
                    "plate": reading.decoded.text,
                    "region": reading.decoded.region,
                    "rule": reading.decoded.rule,
                    "confidence": round(reading.decoded.confidence, 4),
                    "detection_score": round(reading.score, 4),
                    "corners": reading.corners.round(1).tolist(),
                    "characters": [
                        {"text": c.text, "confidence": round(c.confidence, 4), "others": [o for o, _ in c.others]}
                        for c in reading.decoded.characters
                    ],
                    "candidates": list(reading.decoded.candidates),
                }
                for reading in readings
            ]
            typer.echo(json.dumps({"picture": str(path), "plates": plates}, ensure_ascii=False))
            continue
        for reading in readings:
            seen = reading.decoded
            typer.echo(f"{path}: {seen.text or '(unreadable)'}  {seen.confidence:.2f}  {seen.rule or 'no format fits'}")
        if not readings:
            typer.echo(f"{path}: no plate found")


@app.command("evaluate")
def evaluate(
    images: Annotated[Path, typer.Option(help="Folder of the pictures.")],
    truth: Annotated[Path, typer.Option(help="CSV: image,region,plate,x,y,width,height (pixels).")],
    json_file: Annotated[
        Path | None,
        typer.Option("--json", help="Write the figures to this file, and the sheet of the worst cases beside it."),
    ] = None,
    regions: Annotated[bool, typer.Option("--regions", help="Tell the chain the region of each picture.")] = False,
    worst: Annotated[
        Path | None,
        typer.Option(
            help="Write the picture sheet of the worst cases to this file (default with --json FIGURES.json: "
            "FIGURES_worst.png)."
        ),
    ] = None,
    chain: Chain = None,
) -> None:
    """Measure exact match, within one character, detection and milliseconds (CPU time of one thread).

    Example: ronda plates evaluate --images DIR --truth truth.csv --json figures.json
    """
    from parking_robot.plates import evaluation
    from parking_robot.plates.chain import PlateChain, load_settings
    from parking_robot.plates.worst_sheet import write_sheet

    sheet = worst or _beside(json_file)
    _check_targets(json_file, sheet)
    truths = evaluation.load_truth(truth)
    reader = PlateChain(load_settings(chain))
    with typer.progressbar(length=len(truths), label="reading") as bar:
        outcomes = evaluation.evaluate(reader, truths, images, time.process_time, regions, lambda _: bar.update(1))
    text = json.dumps(evaluation.summary(outcomes), indent=2)
    typer.echo(text)
    if json_file:
        json_file.write_text(text + "\n", "utf-8")
    if sheet:
        write_sheet(sheet, outcomes, images)
        typer.echo(f"worst cases: {sheet}")


def _beside(figures: Path | None) -> Path | None:
    """Return the sheet's place where none was named; nothing is put beside a device, e.g. /dev/stdout."""
    if figures is None or (figures.exists() and not figures.is_file()):
        return None
    return figures.with_name(f"{figures.stem}_worst.png")


def _check_targets(figures: Path | None, sheet: Path | None) -> None:
    """Raise PlateError for a file that cannot be written: before the work, not after it."""
    import cv2

    from parking_robot.errors import PlateError

    for target in filter(None, (figures, sheet)):
        if target.is_dir() or not target.absolute().parent.is_dir():
            raise PlateError(f"{target} cannot be written", hint="name a file in a folder that exists")
    if sheet is not None and not cv2.haveImageWriter(str(sheet)):
        raise PlateError(f"{sheet} is no kind of picture that can be written", hint="name a .png or .jpg file")
