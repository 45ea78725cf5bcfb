# SPDX-License-Identifier: Apache-2.0
"""`ronda demo`: one round in the simulated airport, with a report."""

import signal
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

EXIT_FAILED = 1
EXIT_INTERRUPTED = 130
DEFAULT_RTF = 1.0
"""All nodes of a round took 1.3 of two cores at this speed; faster ones leave nothing for a busy machine."""


class Base(StrEnum):
    """As the argument `base` of launch/patrol.launch.xml."""

    sim = "sim"
    serial = "serial"


app = typer.Typer(add_completion=False)


@app.callback(invoke_without_command=True)
def demo(
    context: typer.Context,
    people: Annotated[
        Path | None,
        typer.Option(help="Folder with watchlist/NAME/enrol*.jpg and world.jpg, and strangers/NAME.jpg."),
    ] = None,
    report: Annotated[Path, typer.Option(help="Folder of the report; an older report there is replaced.")] = Path(
        "demo-report"
    ),
    seed: Annotated[int, typer.Option(min=0, help="Chooses who stands where, and the simulator's noise.")] = 1,
    rtf: Annotated[
        float, typer.Option(min=0.0, max=100.0, help="Simulated over real time; 0: as fast as possible.")
    ] = DEFAULT_RTF,
    live: Annotated[bool, typer.Option("--live/--no-live", help="Follow the round in a browser.")] = True,
    live_port: Annotated[int, typer.Option(min=0, max=65535, help="Port of that page; 0: any free one.")] = 0,
    base: Annotated[
        Base, typer.Option(help="Whose the wheels are: the simulator's, or those of the firmware on its serial line.")
    ] = Base.sim,
) -> None:
    """Walk one whole round in the simulated airport, find the people on the watchlist, write a report.

    Ends with 0 if the round was completed, everybody on the watchlist was found, nobody was named wrongly and nothing
    was touched; with 1 if not, 2 for bad input, 130 after Ctrl-C.
    """
    if context.invoked_subcommand is not None:
        return
    from rich.console import Console

    from patrol_robot.demo import DemoOptions, run_demo
    from patrol_robot.demo_screen import Screen

    signal.signal(signal.SIGTERM, _interrupt)
    console = Console()
    console.print("[bold]Ronda: a patrol robot walks its round[/]")
    try:
        well = run_demo(DemoOptions(people, report, seed, rtf, live, live_port, base.value), Screen(console))
    except KeyboardInterrupt:
        console.print("interrupted; nothing was written")
        raise typer.Exit(EXIT_INTERRUPTED) from None
    raise typer.Exit(0 if well else EXIT_FAILED)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
