# SPDX-License-Identifier: Apache-2.0
"""The ``ronda parking`` command."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from parking_robot.alarm_cli import alarms
from parking_robot.gate_cli import answer, calls
from parking_robot.office_cli import Database, close, ledger_url, load_garage, open_ledger
from parking_robot.refund_cli import refund
from parking_robot.reports_cli import report
from parking_robot.screen_cli import screen

app = typer.Typer(help="The garage: stays, tariffs, payments, gates.", no_args_is_help=True)
app.command("report")(report)
app.command("refund")(refund)
app.command("close")(close)
app.command("calls")(calls)
app.command("answer")(answer)
app.command("alarms")(alarms)
app.command("screen")(screen)


@app.command("fee")
def fee(
    tariff: Annotated[Path, typer.Option(help="Tariff file.")],
    entry: Annotated[str, typer.Option(help="Entry, e.g. 2026-03-02T10:00 (local) or with an offset.")],
    leave: Annotated[str, typer.Option("--exit", help="Exit, as the entry.")],
    explain: Annotated[bool, typer.Option("--explain", help="Print the lines of the bill.")] = False,
    code: Annotated[list[str] | None, typer.Option(help="Validation code; may be repeated.")] = None,
    vehicle_class: Annotated[str, typer.Option("--class", help="Vehicle class, e.g. ev.")] = "",
    alarm: Annotated[
        list[str] | None, typer.Option(help="A fire alarm, START/END: not charged; may be repeated.")
    ] = None,
) -> None:
    """Print what a stay costs."""
    from parking_robot.money.fee import NO_CARRY, Concessions, bill_stay
    from parking_robot.money.pauses import pauses_of
    from parking_robot.money.tariff_file import instant, load_tariff

    plan = load_tariff(tariff)
    begin, finish = instant(entry, plan.zone, "--entry"), instant(leave, plan.zone, "--exit")
    alarms = []
    for period in alarm or ():
        start, _, end = period.partition("/")
        alarms.append((instant(start, plan.zone, "--alarm"), instant(end, plan.zone, "--alarm")))
    concessions = Concessions(vehicle_class, tuple(code or ()))
    bill = bill_stay(plan, begin, finish, concessions, NO_CARRY, pauses_of(alarms))
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
    for stay_id, plate, entered in open_ledger(database).inside():
        typer.echo(f"{plate or '(unread)':<12}  {entered:%Y-%m-%d %H:%M:%S} UTC  {stay_id}")


@app.command("find")
def find(plate: Annotated[str, typer.Argument(help="Plate; look-alikes count.")], database: Database = "") -> None:
    """Find a car in the garage."""
    from parking_robot.plates.alphabet import normalise

    found = open_ledger(database).find_car(normalise(plate))
    for _, read, bay, entered in found:
        typer.echo(f"{read}: bay {bay or 'not seen yet'}, in since {entered:%Y-%m-%d %H:%M:%S} UTC")
    if not found:
        typer.echo(f"{plate} is not inside")
        raise typer.Exit(1)


@app.command("serve")
def serve(
    ledger: Annotated[str, typer.Option(help="SQLAlchemy URL of the ledger (default: in the data folder).")] = "",
    provider: Annotated[str, typer.Option(help="Who takes the money: sandbox or stripe.")] = "sandbox",
    garage: Annotated[Path | None, typer.Option(help="Garage file (default: config/parking/garage.yaml).")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Folder of the secrets (default: in the data folder).")] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0: any free one.")] = 8460,
    sandbox_port: Annotated[int, typer.Option(help="Port of the sandbox provider; 0: any free one.")] = 8461,
    public_url: Annotated[str, typer.Option(help="Address as phones reach it (default: the one listened on).")] = "",
) -> None:
    """Run the garage's web server: pay pages, gate screens, webhooks."""
    from parking_robot.server.serve import GarageServer, ServeSettings
    from ronda_core.paths import data_dir as site_data
    from ronda_core.paths import share_dir

    file = garage or share_dir() / "config" / "parking" / "garage.yaml"
    folder = data_dir or site_data() / "parking"
    settings = ServeSettings(ledger_url(ledger), file, folder, provider, host, port, sandbox_port, public_url)
    server = GarageServer(settings)
    typer.echo(f"garage at {server.url} (pay on foot: /, screens: /screen/GATE), provider {provider}")
    typer.echo("a screen on another computer opens at the address of `ronda parking screen GATE --public-url URL`")
    server.run()


reviews = typer.Typer(help="Cases that a person looks at.", no_args_is_help=True)
app.add_typer(reviews, name="reviews")


@reviews.command("list")
def list_reviews(
    database: Database = "",
    everything: Annotated[bool, typer.Option("--all", help="Those with a verdict too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object per case.")] = False,
) -> None:
    """List the open cases, oldest first."""
    import json

    from parking_robot.stays.reviews import list_reviews

    with closing(open_ledger(database)) as ledger:
        cases = list_reviews(ledger, everything)
    for case in cases:
        if as_json:
            told = {"number": case.number, "kind": case.kind, "at": case.at.isoformat(), "stay": case.stay_id}
            told |= {"facts": dict(case.facts), "verdict": case.verdict, "by": case.decided_by, "note": case.note}
            typer.echo(json.dumps(told, ensure_ascii=False))
            continue
        reasons = "; ".join(case.facts.get("reasons", ()))
        decided = f"  [{case.verdict} by {case.decided_by}]" if case.verdict else ""
        plate = case.facts.get("plate") or "-"
        typer.echo(f"{case.number:>5}  {case.at:%Y-%m-%d %H:%M} UTC  {case.kind:<16} {plate:<10} {reasons}{decided}")


@reviews.command("show")
def show_review(
    number: Annotated[int, typer.Argument(help="Number of the case.")],
    picture: Annotated[Path | None, typer.Option(help="Write the case's picture to this file (.jpg).")] = None,
    database: Database = "",
    data_dir: Annotated[
        Path | None,
        typer.Option(help="Folder with the pictures of gates and robots (default: parking in the data folder)."),
    ] = None,
) -> None:
    """Print one case with all that is known of it and where its picture lies.

    Example: ronda parking reviews show 7 --picture case7.jpg
    """
    from parking_robot.errors import ParkingError, StayError
    from parking_robot.stays.pictures import find_picture
    from parking_robot.stays.reviews import get_review
    from ronda_core.paths import data_dir as site_data

    with closing(open_ledger(database)) as ledger:
        case = get_review(ledger, number)
    facts = dict(case.facts)
    name = str(facts.pop("picture", "") or "")
    folder = data_dir or site_data() / "parking"
    path = find_picture(folder, name) if name else None
    typer.echo(f"case {number}: {case.kind.replace('_', ' ')}, {case.at:%Y-%m-%d %H:%M:%S} UTC")
    for reason in facts.pop("reasons", ()):
        typer.echo(f"  {reason}")
    decided = f"{case.verdict} by {case.decided_by} {case.note}".strip() if case.verdict else "open"
    told = {"stay": case.stay_id, **facts, "verdict": decided}
    if name:
        told["picture"] = f"{path or f'{name}, not on this computer: see --data-dir'}"
    for key, value in told.items():
        if value not in ("", [], None):
            shown = ", ".join(map(str, value)) if isinstance(value, list) else value
            typer.echo(f"  {key.replace('_', ' ') + ':':<14} {shown}")
    if picture is None:
        return
    if not name:
        raise StayError(f"case {number} has no picture", hint="leave --picture out")
    try:
        jpeg = (path or folder / name).read_bytes()
    except OSError as error:
        raise ParkingError(
            f"the picture {name} could not be read in {folder}: {error.strerror}",
            hint="robots and gates keep their pictures themselves, for 30 days or while the case is open: --data-dir",
        ) from error
    try:
        picture.write_bytes(jpeg)
    except OSError as error:
        raise ParkingError(
            f"the picture could not be written to {picture}: {error.strerror}", hint="--picture"
        ) from error


@reviews.command("decide")
def decide_review(
    number: Annotated[int, typer.Argument(help="Number of the case.")],
    verdict: Annotated[str, typer.Argument(help="accept, reject, plate (with --plate) or other-car (with --stay).")],
    by: Annotated[str, typer.Option(help="Who decides; goes on record.")],
    note: Annotated[str, typer.Option(help="Why.")] = "",
    plate: Annotated[str, typer.Option(help="The right plate.")] = "",
    stay: Annotated[str, typer.Option(help="The stay that left in truth.")] = "",
    garage: Annotated[
        Path | None,
        typer.Option(help="Garage file: who pays nothing, and the prices (default: config/parking/garage.yaml)."),
    ] = None,
    database: Database = "",
) -> None:
    """Decide a case, in one's own name; decisions are never changed."""
    from datetime import UTC, datetime

    from parking_robot.errors import StayError
    from parking_robot.stays.reviews import ReviewVerdict, decide_review

    if verdict not in list(ReviewVerdict):
        raise StayError(f"unknown verdict '{verdict}'", hint=", ".join(ReviewVerdict))
    kind = ReviewVerdict(verdict)
    site = load_garage(garage) if kind in (ReviewVerdict.PLATE, ReviewVerdict.OTHER_CAR) else None
    lists, tariff = (site.lists.entries(), site.tariff) if site is not None else (None, None)
    with closing(open_ledger(database)) as ledger:
        decide_review(ledger, number, kind, by, datetime.now(UTC), note, plate, stay, lists, tariff)
    typer.echo(f"review {number}: {verdict}, decided by {by}")
