# SPDX-License-Identifier: Apache-2.0
"""``ronda parking report``: takings, occupancy, durations, unpaid and reviewed cases of a period."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def report(
    ledger: Annotated[
        str, typer.Option("--ledger", "--database", help="SQLAlchemy URL of the ledger (default: in the data folder).")
    ] = "",
    page: Annotated[Path | None, typer.Option("--html", help="Write a page with plots to this file.")] = None,
    table: Annotated[Path | None, typer.Option("--csv", help="Write the takings per day to this file.")] = None,
    tables: Annotated[
        Path | None,
        typer.Option(
            "--csv-dir", help="Write takings, occupancy, durations, unpaid and reviews into this folder, as CSV."
        ),
    ] = None,
    site: Annotated[
        Path | None, typer.Option(help="Garage file; its tariff says what is unpaid (default: config/parking).")
    ] = None,
    days: Annotated[float, typer.Option(min=0.001, max=3660, help="So many days up to now.")] = 30.0,
) -> None:
    """Report a period of the garage; without a file or folder to write the takings go to the terminal as CSV.

    Money counts when it was paid or refunded, a car while it was inside, a duration when the car left.

    Example: ronda parking report --html report.html --csv-dir tables --days 7
    """
    from datetime import UTC, datetime, timedelta

    from parking_robot.errors import ParkingError
    from parking_robot.office_cli import load_garage, open_ledger
    from parking_robot.reports_csv import TABLES, takings_csv, write_tables
    from parking_robot.reports_garage import gather
    from parking_robot.reports_page import report_page

    garage = load_garage(site)
    zone, end = garage.tariff.zone, datetime.now(UTC)
    store = open_ledger(ledger)
    try:
        told = gather(store, end - timedelta(days=days), end, zone, garage.tariff, garage.capacity)
    finally:
        store.close()
    try:
        if page is not None:
            page.write_text(report_page(told, f"Report of {garage.name}"), encoding="utf-8")
            typer.echo(f"{len(told.stays)} stays: {page}")
        if table is not None:
            table.write_text(takings_csv(told), encoding="utf-8")
        if tables is not None:
            write_tables(told, tables)
            typer.echo(f"{len(told.stays)} stays: {', '.join(TABLES)} in {tables}")
    except OSError as error:
        raise ParkingError(f"cannot write {error.filename}: {error.strerror}", hint="name another file") from error
    if page is None and table is None and tables is None:
        typer.echo(takings_csv(told), nl=False)
