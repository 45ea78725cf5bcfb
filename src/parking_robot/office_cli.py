# SPDX-License-Identifier: Apache-2.0
"""What a person in the garage's office does to a stay, in his own name."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from parking_robot.gates.site import Site
    from parking_robot.stays.ledger import Ledger

Database = Annotated[
    str, typer.Option("--database", help="SQLAlchemy URL of the ledger (default: in the data folder).")
]
Garage = Annotated[Path | None, typer.Option("--garage", help="Garage file (default: config/parking/garage.yaml).")]


def close(
    stay: Annotated[str, typer.Argument(help="The stay's number, as `ronda parking inside` shows it.")],
    by: Annotated[str, typer.Option(help="Who ends it; goes on record.")],
    reason: Annotated[str, typer.Option(help="Why; goes on record.")],
    at: Annotated[str, typer.Option(help="When the car left, e.g. 2026-03-02T10:00 (local); default: now.")] = "",
    garage: Garage = None,
    database: Database = "",
) -> None:
    """End the stay of a car that is gone without having been seen to leave; what it owes becomes a case for a person.

    Example: ronda parking close 0f3c... --by Mara --reason "left during the fire" --at 2026-03-02T10:00
    """
    from datetime import UTC, datetime

    from parking_robot.money.tariff_file import instant
    from parking_robot.stays.ending import close_stay

    tariff, now = load_garage(garage).tariff, datetime.now(UTC)
    with closing(open_ledger(database)) as ledger:
        left = instant(at, tariff.zone, "--at") if at else now
        ended = close_stay(ledger, tariff, stay, by, reason, left, now)
    unpaid = ended.unpaid is not None and ended.unpaid.minor > 0
    owed = f"; {ended.unpaid} unpaid: see `ronda parking reviews list`" if unpaid else ""
    typer.echo(
        f"{ended.plate or 'an unread car'}: ended by {by} at {left.astimezone(tariff.zone):%Y-%m-%d %H:%M %Z}{owed}"
    )


def load_garage(file: Path | None) -> Site:
    """Return the garage of a file, or of the one that is installed. Raises ConfigurationError."""
    from parking_robot.gates.site import load_site
    from ronda_core.paths import share_dir

    return load_site(file or share_dir() / "config" / "parking" / "garage.yaml")


def open_ledger(database: str) -> Ledger:
    """Return the ledger at a URL, or that in the data folder. Raises LedgerError, also where there is none yet."""
    from parking_robot.errors import LedgerError
    from parking_robot.stays.ledger import Ledger
    from parking_robot.stays.store import ledger_file

    url = ledger_url(database)
    file = ledger_file(url)
    if file is not None and not file.exists():
        # Whoever mistypes a name would be told that nobody is inside, from an empty ledger made for him.
        raise LedgerError(
            f"there is no ledger in {file}",
            hint="name it with --database; gates and the server make it when they start",
        )
    return Ledger(url)


def ledger_url(database: str) -> str:
    """Return the URL, or that of the ledger in the data folder, which is made."""
    from ronda_core.paths import data_dir

    if not database:
        data_dir().mkdir(parents=True, exist_ok=True)
    return database or f"sqlite:///{data_dir() / 'parking.sqlite'}"
