# SPDX-License-Identifier: Apache-2.0
"""``ronda parking alarms``: fire alarms that are on record as lasting, and the end of one whose gate is gone."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated

import typer

from parking_robot.office_cli import Database, Garage, load_garage, open_ledger


def alarms(
    end: Annotated[str, typer.Option(help="End the alarm of this gate on record; needs --by and --reason.")] = "",
    by: Annotated[str, typer.Option(help="Who ends it; goes on record.")] = "",
    reason: Annotated[str, typer.Option(help="Why; goes on record.")] = "",
    garage: Garage = None,
    database: Database = "",
) -> None:
    """List the gates that a fire alarm holds open as far as the ledger knows: nobody is charged while one does.

    A gate that works ends its alarm itself (ronda parking answer GATE release). --end is for one that was taken away.

    Example: ronda parking alarms --end gate_old --by Mara --reason "taken down in May"
    """
    from datetime import UTC, datetime

    from parking_robot.errors import StayError
    from parking_robot.gates.records import RecordKind, apply_record, happened
    from parking_robot.stays.alarms import open_alarms
    from parking_robot.stays.store import to_us

    now = datetime.now(UTC)
    with closing(open_ledger(database)) as ledger:
        lasting = open_alarms(ledger)
        if not end:
            for gate, since in lasting.items():
                typer.echo(f"{gate}: since {since:%Y-%m-%d %H:%M:%S} UTC")
            if not lasting:
                typer.echo("no fire alarm holds a gate open")
            return
        if end not in lasting:
            raise StayError(f"no fire alarm holds '{end}' open", hint=", ".join(lasting) or "none lasts")
        if not by.strip() or not reason.strip():
            raise StayError("the end of an alarm needs a name and a reason", hint="--by NAME --reason TEXT")
        told = {"text": f"{by}: {reason}", "by": by, "code": "fire"}
        key = f"{end}:{RecordKind.FIRE_RELEASED}:{to_us(now):x}"
        apply_record(ledger, load_garage(garage), happened(RecordKind.FIRE_RELEASED, end, now, key, None, **told))
    typer.echo(f"{end}: the alarm is ended on record by {by}; the gate itself was asked nothing")
