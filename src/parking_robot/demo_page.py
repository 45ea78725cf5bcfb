# SPDX-License-Identifier: Apache-2.0
"""The page that shows what the garage's demonstration did: each stay with its bill, the bays, the gates; one file."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from ronda.msg import GateEvent

from parking_robot.bays.bay import Bay, BayKind
from parking_robot.demo_director import Played
from parking_robot.demo_judge import BilledStay
from parking_robot.demo_stage import DemoCar, GarageStage
from parking_robot.demo_watch import GarageView
from parking_robot.reports_page import safe, table, tiles
from parking_robot.stays.reviews import Review

SCALE = 22.0
"""Pixels per metre of the plan."""
EDGE_M = 1.0


@dataclass(frozen=True, slots=True)
class PageContent:
    """All that the page shows; ``billed`` maps a car's name to its stay and bill, ``pictures`` a SHA-256 to a JPEG."""

    report: Mapping[str, Any]
    stage: GarageStage
    view: GarageView
    played: Played
    billed: Mapping[str, BilledStay]
    reviews: Sequence[Review]
    zone: ZoneInfo
    seed: int
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def page(content: PageContent) -> str:
    """Return the whole page as HTML."""
    template = (resources.files("parking_robot") / "pages" / "demo.html").read_text(encoding="utf-8")
    report = content.report
    parts = {
        "verdict": "passed" if report["ok"] else "failed",
        "headline": _headline(report),
        "sentence": _sentence(content),
        "tiles": tiles(_figures(report)),
        "problems": _problems(report["problems"]),
        "stays": "".join(
            _stay(content, car, row) for car, row in zip(content.stage.visitors, report["stays"], strict=True)
        ),
        "plan": _plan(content),
        "findings": _findings(content),
        "events": _events(content),
        "reviews": _reviews(content),
        "performance": _performance(report["performance"]),
    }
    for key, value in parts.items():
        template = template.replace("{{" + key + "}}", value)
    return template


def _headline(report: Mapping[str, Any]) -> str:
    stays = report["stays"]
    through = sum(stay["exit_s"] is not None for stay in stays)
    paid = sum(stay["paid"] or 0 for stay in stays)
    return f"{through} of {len(stays)} cars came, parked and left; {_money(paid)} EUR were paid"


def _sentence(content: PageContent) -> str:
    performance = content.report["performance"]
    minutes = performance["sim_duration_s"] / 60
    return (
        f"{minutes:.1f} minutes of the garage's time, {performance['wall_duration_s']:.0f} s "
        f"on this computer (seed {content.seed}). The tariff asks 0.50 EUR for each started minute, "
        "so that short stays cost something."
    )


def _figures(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    bays, barrier, performance = report["bays"], report["barrier"], report["performance"]
    rate = report["plate_exact_rate"]
    return [
        ("Plates read exactly", "none read" if rate is None else f"{rate:.0%}"),
        ("Wrongly opened / held", f"{len(report['wrongly_opened'])} / {len(report['wrongly_held'])}"),
        ("Bays reported wrongly", f"{len(bays['errors'])} of 24"),
        ("Barrier cycles", str(barrier["cycles"])),
        ("Closings on a car", str(barrier["closings_on_occupied"])),
        ("Stop to decision, 95 %", _value(performance["decide_s"]["p95"], "s")),
    ]


def _stay(content: PageContent, car: DemoCar, row: Mapping[str, Any]) -> str:
    billed = content.billed.get(car.name)
    lines = ""
    if billed is not None:
        lines = "".join(
            f"<tr><td>{safe(line.text)}</td><td>{_span(line.start, line.end, content.zone)}</td>"
            f"<td>{safe(line.amount)}</td></tr>"
            for line in billed.bill.lines
        )
        paid = f"{_money(billed.paid)} {billed.bill.total.currency}"
        lines += f"<tr class='sum'><td>total</td><td></td><td>{safe(billed.bill.total)}</td></tr>"
        lines += f"<tr><td>received</td><td></td><td>{safe(paid)}</td></tr>"
    read = row["plate_read"] if row["plate_read"] else "not readable"
    good = row["plate_read"] == row["plate_true"]
    times = f"in at {_second(row['entry_s'])}, out at {_second(row['exit_s'])} of the simulation, bay {safe(car.bay)}"
    return (
        f"<article><h3><span class='plate'>{safe(car.plate)}</span> {safe(car.role.value)}</h3>"
        f"<p>Read at the entry: <b class='{'good' if good else 'bad'}'>{safe(read)}</b>; {times}.<br>"
        f"At the exit: {_exit(row)}.</p>"
        f"<table class='bill'><tbody>{lines or '<tr><td>no bill</td></tr>'}</tbody></table></article>"
    )


def _exit(row: Mapping[str, Any]) -> str:
    said = [(row["first_decision"], row["first_reason"]), (row["decision"], row["reason"])]
    words = [f"<b>{safe(decision)}</b> ({safe(reason or 'no decision')})" for decision, reason in dict.fromkeys(said)]
    return ", then ".join(words)


def _plan(content: PageContent) -> str:
    bays = [bay for bay in content.stage.plan.bays if bay.kind is not BayKind.KEEP_CLEAR]
    half_x = max(abs(bay.x) + bay.width for bay in bays) + 3.0 + EDGE_M
    half_y = max(abs(bay.y) + bay.length / 2 for bay in bays) + EDGE_M
    width, height = 2 * half_x * SCALE, 2 * half_y * SCALE

    def pixel(x: float, y: float) -> tuple[float, float]:
        return (x + half_x) * SCALE, (half_y - y) * SCALE

    wrong = {error["bay"] for error in content.report["bays"]["errors"]}
    marks = "".join(_bay(bay, content.report["bays"], wrong, pixel) for bay in bays)
    line = " ".join("{:.1f},{:.1f}".format(*pixel(*point)) for point in content.view.path)
    return (
        f"<svg viewBox='0 0 {width:.0f} {height:.0f}' role='img' aria-label='Bays and the robot&#39;s way'>{marks}"
        f"<polyline points='{line}' fill='none' stroke='#0b6bcb' stroke-width='3' opacity='.7'/></svg>"
    )


def _bay(bay: Bay, bays: Mapping[str, Any], wrong: set[str], pixel: Any) -> str:
    corners = " ".join("{:.1f},{:.1f}".format(*pixel(x, y)) for x, y in bay.corners())
    x, y = pixel(bay.x, bay.y)
    said, true = bays["reported"].get(bay.id, ""), bays["true"].get(bay.id, "")
    fill = "#f8d7d7" if bay.id in wrong else "#d9e8f8" if said else "#f4f6f8"
    words = [(bay.id, 13, "#5d6b7a", -18.0), (said, 12, "#1d2733", 2.0)]
    if bay.id in wrong:
        words.append((f"true: {true or 'free'}", 11, "#c62f2f", 20.0))
    texts = "".join(
        f"<text x='{x:.1f}' y='{y + down:.1f}' font-size='{size}' text-anchor='middle' fill='{colour}'>"
        f"{safe(text)}</text>"
        for text, size, colour, down in words
        if text
    )
    return f"<polygon points='{corners}' fill='{fill}' stroke='#868e96'/>{texts}"


def _findings(content: PageContent) -> str:
    rows = [
        (incident.subject, incident.list_name.replace("_", " "), incident.summary)
        for incident in content.view.incidents
    ]
    shown = {
        file.sha256: f"{incident.subject}: {incident.list_name.replace('_', ' ')}"
        for incident in content.view.incidents
        for file in incident.evidence
    }
    told = table(("plate", "finding", "what the robot says"), rows, "The robot found nothing out of order.")
    return told + _gallery(content, shown)


def _events(content: PageContent) -> str:
    kinds = {
        GateEvent.DECIDED: "decided", GateEvent.PASSED: "passed", GateEvent.TURNED_BACK: "turned back",
        GateEvent.TAILGATING: "tailgating", GateEvent.HELP_CALLED: "help called", GateEvent.HELP_ANSWERED: "answered",
        GateEvent.BARRIER_FAILED: "barrier failed", GateEvent.FIRE_OPENED: "fire", GateEvent.FIRE_RELEASED: "fire over",
    }  # fmt: skip
    rows = [
        (
            f"{heard.sim_s:.1f} s",
            heard.event.gate_id,
            kinds.get(heard.event.kind, str(heard.event.kind)),
            heard.event.plate or "-",
            heard.event.reason_text,
            heard.event.decided_by if heard.event.decided_by not in ("", heard.event.gate_id) else "",
        )
        for heard in content.view.events
    ]
    return table(("when", "gate", "what", "plate", "why", "by"), rows, "No gate did anything.")


def _reviews(content: PageContent) -> str:
    rows = [
        (
            review.kind.replace("_", " "),
            "; ".join(str(reason) for reason in review.facts.get("reasons", ())),
            review.verdict or "open",
            " ".join(filter(None, (review.decided_by, review.note))),
        )
        for review in content.reviews
    ]
    at_gates = [review for review in content.reviews if "robot" not in review.facts]
    shown = {str(review.facts.get("picture", "")): review.kind.replace("_", " ") for review in at_gates}
    return table(("case", "why", "verdict", "by"), rows, "There was nothing to review.") + _gallery(content, shown)


def _gallery(content: PageContent, shown: Mapping[str, str]) -> str:
    """Return the pictures that are there, each with its words; those of the robot belong to its findings."""
    figures = "".join(
        f"<figure><img alt='{safe(words)}' src='data:image/jpeg;base64,{b64encode(content.pictures[name]).decode()}'>"
        f"<figcaption>{safe(words)}</figcaption></figure>"
        for name, words in shown.items()
        if name in content.pictures
    )
    return f"<div class='stays pictures'>{figures}</div>" if figures else ""


def _performance(figures: Mapping[str, Any]) -> str:
    rows = [
        ("from the stop to the decision", _value(figures["decide_s"]["p50"], "s"),
         _value(figures["decide_s"]["p95"], "s")),
        ("from the decision to the barrier's command", _value(figures["command_s"]["p50"], "s"),
         _value(figures["command_s"]["p95"], "s")),
        ("the robot's work on one picture", _value(figures["robot_plate_ms"]["p50"], "ms"),
         _value(figures["robot_plate_ms"]["p95"], "ms")),
        ("simulated over real time", _value(figures["real_time_factor"], "times"), ""),
    ]  # fmt: skip
    return table(("what", "median", "95 %"), rows, "Nothing was measured.")


def _problems(problems: Sequence[str]) -> str:
    if not problems:
        return ""
    return (
        "<section class='problems'><h2>What went wrong</h2><ul>"
        + "".join(f"<li>{safe(problem)}</li>" for problem in problems)
        + "</ul></section>"
    )


def _span(start: Any, end: Any, zone: ZoneInfo) -> str:
    if start is None or end is None:
        return ""
    return f"{start.astimezone(zone):%H:%M:%S} to {end.astimezone(zone):%H:%M:%S}"


def _second(value: float | None) -> str:
    return "no time" if value is None else f"{value:.0f} s"


def _money(minor: int) -> str:
    return f"{minor / 100:.2f}"


def _value(number: float | None, unit: str) -> str:
    return "not measured" if number is None else f"{number:g} {unit}"
