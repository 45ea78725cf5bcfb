# SPDX-License-Identifier: Apache-2.0
"""The ``ronda parking`` command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from parking_robot.reports_cli import report

app = typer.Typer(help="The garage: stays, tariffs, payments, gates.", no_args_is_help=True)
app.command("report")(report)

Database = Annotated[str, typer.Option("--database", help="SQLAlchemy URL of the ledger (default: in the data folder)")]


@app.command("fee")
def fee(
    tariff: Annotated[Path, typer.Option(help="Tariff file.")],
    entry: Annotated[str, typer.Option(help="Entry, e.g. 2026-03-02T10:00 (local) or with an offset.")],
    leave: Annotated[str, typer.Option("--exit", help="Exit, as the entry.")],
    explain: Annotated[bool, typer.Option("--explain", help="Print the lines of the bill.")] = False,
    code: Annotated[list[str] | None, typer.Option(help="Validation code; may be repeated.")] = None,
    vehicle_class: Annotated[str, typer.Option("--class", help="Vehicle class, e.g. ev.")] = "",
) -> None:
    """Print what a stay costs."""
    from parking_robot.money.fee import Concessions, bill_stay
    from parking_robot.money.tariff_file import instant, load_tariff

    plan = load_tariff(tariff)
    begin, finish = instant(entry, plan.zone, "--entry"), instant(leave, plan.zone, "--exit")
    bill = bill_stay(plan, begin, finish, Concessions(vehicle_class, tuple(code or ())))
    typer.echo(bill.explain(plan.zone) if explain else str(bill.total))


@app.command("check-tariff")
def check_tariff(tariff: Annotated[Path, typer.Argument(help="Tariff file.")]) -> None:
    """Say whether a tariff file is whole."""
    from parking_robot.money.tariff_file import load_tariff

    plan = load_tariff(tariff)
    for version in plan.versions:
        until = f"{version.valid_until.astimezone(plan.zone):%Y-%m-%d %H:%M}" if version.valid_until else "for good"
        typer.echo(f"{version.id}: {version.valid_from.astimezone(plan.zone):%Y-%m-%d %H:%M} - {until}")


@app.command("inside")
def inside(database: Database = "") -> None:
    """List the cars in the garage."""
    for stay_id, plate, entered in _ledger(database).inside():
        typer.echo(f"{plate or '(unread)':<12}  {entered:%Y-%m-%d %H:%M:%S} UTC  {stay_id}")


@app.command("find")
def find(plate: Annotated[str, typer.Argument(help="Plate; look-alikes count.")], database: Database = "") -> None:
    """Find a car in the garage."""
    from parking_robot.plates.alphabet import normalise

    found = _ledger(database).find_car(normalise(plate))
    for _, read, bay, entered in found:
        typer.echo(f"{read}: bay {bay or 'not seen yet'}, in since {entered:%Y-%m-%d %H:%M:%S} UTC")
    if not found:
        typer.echo(f"{plate} is not inside")
        raise typer.Exit(1)


def _ledger(database: str):  # type: ignore[no-untyped-def]
    from parking_robot.stays.ledger import Ledger
    from ronda_core.paths import data_dir

    if not database:
        data_dir().mkdir(parents=True, exist_ok=True)
    return Ledger(database or f"sqlite:///{data_dir() / 'parking.sqlite'}")
