# SPDX-License-Identifier: Apache-2.0
"""The report of a period as one page: nothing outside it is needed, no scripts."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from importlib import resources

from parking_robot.money.money import MINOR_DIGITS, Money
from parking_robot.reports_charts import bar_chart, step_chart
from parking_robot.reports_garage import GarageReport

MOST_ROWS = 200


def report_page(report: GarageReport, title: str) -> str:
    """Return the page as HTML."""
    template = (resources.files("parking_robot") / "pages" / "report.html").read_text(encoding="utf-8")
    parts = {
        "title": safe(title),
        "period": f"{_moment(report, report.start)} to {_moment(report, report.end)} ({safe(report.zone.key)})",
        "tiles": tiles(_figures(report)),
        "takings": _takings(report),
        "inside": _inside(report),
        "durations": _durations(report),
        "unpaid": _unpaid(report),
        "reviews": _reviews(report),
    }
    for key, value in parts.items():
        template = template.replace("{{" + key + "}}", value)
    return template


def tiles(figures: Iterable[tuple[str, str]]) -> str:
    """Return big figures with their names, as (name, value)."""
    return "".join(f"<div class='tile'><b>{safe(value)}</b><span>{safe(name)}</span></div>" for name, value in figures)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], nothing: str) -> str:
    """Return a table of texts, or the sentence ``nothing``."""
    if not rows:
        return f"<p class='quiet'>{safe(nothing)}</p>"
    lines = "".join("<tr>" + "".join(f"<td>{safe(cell)}</td>" for cell in row) + "</tr>" for row in rows[:MOST_ROWS])
    more = f"<p class='quiet'>and {len(rows) - MOST_ROWS} more</p>" if len(rows) > MOST_ROWS else ""
    top = "".join(f"<th>{safe(name)}</th>" for name in head)
    return f"<div class='wide'><table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table></div>{more}"


def safe(text: object) -> str:
    """Return a text that is only text in a page."""
    return html.escape(str(text), quote=True)


def _figures(report: GarageReport) -> list[tuple[str, str]]:
    received = ", ".join(str(amount) for amount in report.received.values()) or "nothing"
    most = max((count for _, count in report.inside), default=0)
    of = f" of {report.capacity}" if report.capacity is not None else ""
    return [
        ("Received", received),
        ("Stays", str(len(report.stays))),
        ("Inside at the end", str(report.inside[-1][1] if report.inside else 0)),
        ("Most at once", f"{most}{of}"),
        ("Left unpaid", str(len(report.unpaid))),
        ("Cases to review", str(sum(not review.verdict for review in report.reviews))),
    ]


def _takings(report: GarageReport) -> str:
    charts = []
    for currency, total in report.received.items():
        days = [(day, amounts[currency]) for day, amounts in report.takings.items() if currency in amounts]
        scale = 10 ** MINOR_DIGITS[currency]
        charts.append(
            bar_chart(
                [f"{day:%d %b}" for day, _ in days],
                [amount.minor / scale for _, amount in days],
                [_plain(amount) for _, amount in days],
                f"{currency} received per day, {total} in all",
            )
        )
    return "".join(charts) or "<p class='quiet'>Nothing was paid in this time.</p>"


def _inside(report: GarageReport) -> str:
    whole = (report.end - report.start) or timedelta(seconds=1)
    places = [(at - report.start) / whole for at, _ in report.inside]
    form = "%H:%M" if whole <= timedelta(days=2) else "%d %b"
    form = "%H:%M:%S" if whole < timedelta(hours=1) else form
    marks = [(share / 4, f"{(report.start + whole * share / 4).astimezone(report.zone):{form}}") for share in range(5)]
    limit = None if report.capacity is None else float(report.capacity)
    return step_chart(places, [float(count) for _, count in report.inside], marks, "cars inside", limit)


def _durations(report: GarageReport) -> str:
    if not report.durations:
        return "<p class='quiet'>No car has left in this time.</p>"
    count = max(report.durations) // report.bar + 1
    starts = [report.bar * number for number in range(count)]
    values = [report.durations.get(start, 0) for start in starts]
    words = [str(value) if value else "" for value in values]
    labels = [_length(start) for start in starts]
    return bar_chart(
        labels, [float(value) for value in values], words, f"stays by duration, {_length(report.bar)} each"
    )


def _unpaid(report: GarageReport) -> str:
    rows = [
        (
            entry.stay.plate or "(unread)",
            _moment(report, entry.stay.entered),
            _moment(report, entry.stay.left) if entry.stay.left else "",
            str(entry.owed),
            entry.stay.id,
        )
        for entry in report.unpaid
    ]
    return table(("plate", "entry", "exit", "owed", "stay"), rows, "Every car that left had paid what was due.")


def _reviews(report: GarageReport) -> str:
    rows = [
        (
            _moment(report, review.at),
            review.kind.replace("_", " "),
            "; ".join(str(reason) for reason in review.facts.get("reasons", ())),
            review.verdict or "open",
            " ".join(filter(None, (review.decided_by, review.note))),
        )
        for review in report.reviews
    ]
    return table(("when", "case", "why", "verdict", "by"), rows, "There was nothing to review.")


def _plain(amount: Money) -> str:
    return str(amount).rpartition(" ")[0]


def _moment(report: GarageReport, at: datetime) -> str:
    return f"{at.astimezone(report.zone):%Y-%m-%d %H:%M:%S}"


def _length(span: timedelta) -> str:
    minutes = span // timedelta(minutes=1)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes // 60}:{minutes % 60:02d} h"
