# SPDX-License-Identifier: Apache-2.0
"""``ronda demo garage``: cars, gates, money and a robot in the simulated garage, with a report."""

from __future__ import annotations

import signal
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

EXIT_FAILED = 1
EXIT_INTERRUPTED = 130


def garage(
    report: Annotated[Path, typer.Option(help="Folder of the report; an older report there is replaced.")] = Path(
        "demo-report-garage"
    ),
    seed: Annotated[int, typer.Option(min=0, help="Chooses plates, bays and paint, and the simulator's noise.")] = 1,
    cars: Annotated[int, typer.Option(help="How many cars come and go, 4 to 16.")] = 6,
    rtf: Annotated[float, typer.Option(min=0.1, max=10.0, help="Simulated over real time.")] = 1.0,
) -> None:
    """Let cars come, park, pay and leave in the simulated garage while a robot walks the bays; write a report.

    Ends with 0 if every car was let in and out rightly, everything due was paid, the robot reported every bay as it was
    and nothing was touched; with 1 if not, 2 for bad input, 130 after Ctrl-C.
    """
    from rich.console import Console

    from parking_robot.demo import GarageOptions, run_demo
    from parking_robot.demo_screen import GarageScreen

    signal.signal(signal.SIGTERM, _interrupt)
    console = Console()
    console.print("[bold]Ronda: a garage without people, and the robot that walks its bays[/]")
    try:
        well = run_demo(GarageOptions(report, seed, cars, rtf), GarageScreen(console))
    except KeyboardInterrupt:
        console.print("interrupted; nothing was written")
        raise typer.Exit(EXIT_INTERRUPTED) from None
    raise typer.Exit(0 if well else EXIT_FAILED)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
