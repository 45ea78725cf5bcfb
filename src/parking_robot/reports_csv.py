# SPDX-License-Identifier: Apache-2.0
"""The report of a period as CSV, for spreadsheets: one table for each of its parts. Times are local, with offset."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from parking_robot.reports_garage import GarageReport


def takings_csv(report: GarageReport) -> str:
    """Return the takings: day, currency, minor units."""
    rows = [
        (day.isoformat(), currency, amount.minor)
        for day, amounts in report.takings.items()
        for currency, amount in sorted(amounts.items())
    ]
    return _csv(("day", "currency", "minor"), rows)


def occupancy_csv(report: GarageReport) -> str:
    """Return the cars inside at each moment of the report's curve."""
    return _csv(
        ("at", "inside"),
        [(at.astimezone(report.zone).isoformat(timespec="seconds"), count) for at, count in report.inside],
    )


def durations_csv(report: GarageReport) -> str:
    """Return how many stays lasted [from, to), both in minutes."""
    minute = timedelta(minutes=1)
    rows = [(start // minute, (start + report.bar) // minute, count) for start, count in report.durations.items()]
    return _csv(("from_minutes", "to_minutes", "stays"), rows)


def unpaid_csv(report: GarageReport) -> str:
    """Return the stays that ended with something left to pay, in minor units; an unread plate is empty."""
    rows = [
        (
            entry.stay.plate,
            entry.stay.entered.astimezone(report.zone).isoformat(timespec="seconds"),
            entry.stay.left.astimezone(report.zone).isoformat(timespec="seconds") if entry.stay.left else "",
            entry.owed.currency,
            entry.owed.minor,
            entry.stay.id,
        )
        for entry in report.unpaid
    ]
    return _csv(("plate", "entered", "left", "currency", "minor", "stay"), rows)


def reviews_csv(report: GarageReport) -> str:
    """Return the cases that came up; one that is open has no verdict."""
    rows = [
        (
            review.number,
            review.at.astimezone(report.zone).isoformat(timespec="seconds"),
            review.kind,
            review.stay_id,
            "; ".join(str(reason) for reason in review.facts.get("reasons", ())),
            review.verdict,
            review.decided_by,
            review.note,
        )
        for review in report.reviews
    ]
    return _csv(("number", "at", "case", "stay", "reasons", "verdict", "decided_by", "note"), rows)


TABLES = {
    "takings.csv": takings_csv,
    "occupancy.csv": occupancy_csv,
    "durations.csv": durations_csv,
    "unpaid.csv": unpaid_csv,
    "reviews.csv": reviews_csv,
}


def write_tables(report: GarageReport, folder: Path) -> None:
    """Write every table into a folder, which is made where it is missing. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in TABLES.items():
        (folder / name).write_text(table(report), encoding="utf-8")


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()
