# SPDX-License-Identifier: Apache-2.0
"""The page that shows what a demonstration round found: one file, pictures inside."""

import base64
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import cv2

from patrol_robot import pictures
from patrol_robot.demo_judge import Figure
from patrol_robot.route import Route
from ronda_core.map_picture import MapPicture

THUMBNAIL_PX = 96


@dataclass(frozen=True, slots=True)
class PageContent:
    """All that the page shows. `portraits` and `evidence` map a name and an incident to picture files."""

    report: Mapping[str, Any]
    route: Route
    figures: Sequence[Figure]
    path: Sequence[tuple[float, float]]
    chart: MapPicture | None
    portraits: Mapping[str, Path]
    evidence: Mapping[str, Path]


def page(content: PageContent) -> str:
    """The whole page as HTML."""
    template = (resources.files("patrol_robot") / "pages" / "report.html").read_text(encoding="utf-8")
    report = content.report
    parts = {
        "verdict": "passed" if report["ok"] else "failed",
        "headline": _headline(report, content.figures),
        "sentence": _sentence(report),
        "tiles": _tiles(report),
        "map": _chart(content),
        "people": _people(content),
        "incidents": _incidents(content),
        "performance": _performance(report["performance"]),
        "problems": _problems(report),
    }
    for key, value in parts.items():
        template = template.replace("{{" + key + "}}", value)
    return template


def _headline(report: Mapping[str, Any], figures: Sequence[Figure]) -> str:
    listed = sum(figure.listed for figure in figures)
    found = listed - len(report["missed_people"])
    named = len(report["false_alerts"])
    wrong = "nobody named wrongly" if not named else f"{named} named wrongly"
    return f"{found} of {listed} people on the watchlist found, {wrong}"


def _sentence(report: Mapping[str, Any]) -> str:
    route = report["route"]
    walked = f"{route['reached']} of {route['waypoints']} waypoints, {route['distance_m']:.0f} m"
    minutes = f"{route['sim_duration_s'] / 60:.1f} minutes of the robot's time"
    end = "The round was completed" if route["completed"] else f"The round ended early: {_safe(route['message'])}"
    return f"{end}: {walked}, {minutes}, {route['wall_duration_s']:.0f} s on this computer (seed {report['seed']})."


def _tiles(report: Mapping[str, Any]) -> str:
    route, performance = report["route"], report["performance"]
    tiles = [
        ("Waypoints", f"{route['reached']} / {route['waypoints']}"),
        ("Distance", f"{route['distance_m']:.0f} m"),
        ("Collisions", str(route["collisions"])),
        ("Incidents", str(len(report["incidents"]))),
        ("Frame to alert, 95 %", _value(performance["frame_to_alert_ms"]["p95"], "ms")),
        ("First sight to alert, median", _value(performance["first_sight_to_alert_s"]["p50"], "s")),
    ]
    return "".join(f"<div class='tile'><b>{value}</b><span>{name}</span></div>" for name, value in tiles)


def _chart(content: PageContent) -> str:
    chart = content.chart
    if chart is None:
        return "<p>The map never arrived, so there is nothing to draw.</p>"
    unit = chart.width / 100
    marks = [_waypoint(chart, index, point.x, point.y, unit) for index, point in enumerate(content.route.waypoints, 1)]
    marks += [_figure(chart, figure, unit) for figure in content.figures]
    marks += [_alert(chart, number, incident, unit) for number, incident in enumerate(content.report["incidents"], 1)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in (chart.pixel(*point) for point in content.path))
    return (
        f"<svg viewBox='0 0 {chart.width} {chart.height}' role='img' aria-label='Map with the path and the people'>"
        f"<image href='{_data('image/png', chart.png)}' width='{chart.width}' height='{chart.height}'/>"
        f"<polyline points='{line}' fill='none' stroke='#0b6bcb' stroke-width='{unit * 0.35:.2f}' "
        f"stroke-linejoin='round' stroke-linecap='round' opacity='.85'/>{''.join(marks)}</svg>"
    )


def _waypoint(chart: MapPicture, index: int, x: float, y: float, unit: float) -> str:
    column, row = chart.pixel(x, y)
    return (
        f"<circle cx='{column:.1f}' cy='{row:.1f}' r='{unit:.2f}' fill='#fff' stroke='#0b6bcb' "
        f"stroke-width='{unit * 0.25:.2f}'/><text x='{column:.1f}' y='{row + unit * 0.45:.1f}' "
        f"font-size='{unit * 1.25:.2f}' text-anchor='middle' fill='#0b6bcb'>{index}</text>"
    )


def _figure(chart: MapPicture, figure: Figure, unit: float) -> str:
    column, row = chart.pixel(figure.x, figure.y)
    colour = "#c62f2f" if figure.listed else "#868e96"
    label = row - unit * 1.2 if row > unit * 4 else row + unit * 2.4
    return (
        f"<circle cx='{column:.1f}' cy='{row:.1f}' r='{unit * 0.75:.2f}' fill='{colour}'/>"
        f"<text x='{column:.1f}' y='{label:.1f}' font-size='{unit * 1.5:.2f}' text-anchor='middle' fill='{colour}' "
        f"paint-order='stroke' stroke='#fff' stroke-width='{unit * 0.4:.2f}'>{_safe(figure.name)}</text>"
    )


def _alert(chart: MapPicture, number: int, incident: Mapping[str, Any], unit: float) -> str:
    if incident["position_m"] is None:
        return ""
    column, row = chart.pixel(*incident["position_m"])
    return (
        f"<g><title>Incident {number}: {_safe(incident['person'])}</title>"
        f"<circle cx='{column:.1f}' cy='{row:.1f}' r='{unit * 1.4:.2f}' fill='none' stroke='#c62f2f' "
        f"stroke-width='{unit * 0.35:.2f}'/></g>"
    )


def _people(content: PageContent) -> str:
    missed = set(content.report["missed_people"])
    wrong = {alert["person"] for alert in content.report["false_alerts"]}
    cards = []
    for figure in sorted(content.figures, key=lambda figure: (not figure.listed, figure.name)):
        if figure.listed:
            state, word = ("bad", "missed") if figure.name in missed else ("good", "found")
        else:
            state, word = "quiet", "stranger: no record"
        if figure.name in wrong and figure.name not in missed:
            state, word = "bad", "found, but also named elsewhere"
        portrait = _thumbnail(content.portraits.get(figure.name))
        cards.append(
            f"<figure class='person'>{portrait}<figcaption><b>{_safe(figure.name)}</b>"
            f"<span class='{state}'>{word}</span></figcaption></figure>"
        )
    return "".join(cards)


def _incidents(content: PageContent) -> str:
    articles = [
        _incident(number, incident, content.evidence.get(incident["incident_id"]))
        for number, incident in enumerate(content.report["incidents"], 1)
    ]
    return "".join(articles) or "<p>Nobody was reported.</p>"


def _incident(number: int, incident: Mapping[str, Any], folder: Path | None) -> str:
    at = incident["position_m"]
    where = f"at x {at[0]:.1f} m, y {at[1]:.1f} m" if at else "place unknown"
    images = "".join(_picture(folder, name, words) for name, words in _PICTURES) if folder else ""
    flag = "" if incident["right"] else "<span class='bad'>named wrongly</span>"
    return (
        f"<article><h3>{number}. {_safe(incident['person'])} {flag}</h3>"
        f"<p>{incident['sim_time_s']:.1f} s into the simulation, {where}, score {incident['score']:.2f}. "
        f"<a href='{_safe(incident['evidence'])}/incident.json'>Record with hashes</a>, "
        f"<a href='{_safe(incident['evidence'])}/'>all evidence with the recording</a>.</p>"
        f"<div class='pictures'>{images}</div></article>"
    )


_PICTURES = (
    ("picture.jpg", "What the camera saw when the robot decided"),
    ("comparison.jpg", "The face as seen and as enrolled"),
)


def _picture(folder: Path, name: str, words: str) -> str:
    file = folder / name
    if not file.is_file():
        return ""
    source = _data("image/jpeg", file.read_bytes())
    return f"<figure><img src='{source}' alt='{words}'><figcaption>{words}</figcaption></figure>"


def _performance(figures: Mapping[str, Any]) -> str:
    rows = [
        ("From the deciding picture to the alert", figures["frame_to_alert_ms"], "ms", "wall time"),
        ("From the first sight of a person to the alert", figures["first_sight_to_alert_s"], "s", "robot's time"),
        ("Work on one picture", figures["perception_ms"], "ms", "wall time"),
    ]
    body = "".join(
        f"<tr><td>{name} <small>({clock})</small></td><td>{_value(row['p50'], unit)}</td>"
        f"<td>{_value(row['p95'], unit)}</td></tr>"
        for name, row, unit, clock in rows
    )
    core = figures.get("perception_core_share")
    share = f" The face node used {core:.0%} of one core." if core is not None else ""
    return (
        "<table><thead><tr><th></th><th>median</th><th>95 %</th></tr></thead><tbody>" + body + "</tbody></table>"
        f"<p>{figures['frames_analysed']} pictures were analysed; the simulation ran at "
        f"{_value(figures['real_time_factor'], 'times')} real time.{share}</p>"
    )


def _problems(report: Mapping[str, Any]) -> str:
    lines = [
        f"Waypoint {_safe(item['name'])} was missed: {_safe(item['reason'])}" for item in report["route"]["missed"]
    ]
    lines += [f"{_safe(name)} is on the watchlist and was not found" for name in report["missed_people"]]
    lines += [f"{_safe(item['person'])} was named wrongly: {_safe(item['reason'])}" for item in report["false_alerts"]]
    if report["route"]["collisions"]:
        lines.append(f"The robot touched something {report['route']['collisions']} times")
    if not lines:
        return ""
    return (
        "<section class='problems'><h2>What went wrong</h2><ul>"
        + "".join(f"<li>{line}" for line in lines)
        + "</ul></section>"
    )


def _thumbnail(path: Path | None) -> str:
    picture = pictures.decode(path.read_bytes()) if path is not None and path.is_file() else None
    if picture is None:
        return "<div class='nobody'></div>"
    side = min(picture.shape[:2])
    top, left = (picture.shape[0] - side) // 4, (picture.shape[1] - side) // 2
    square = cv2.resize(picture[top : top + side, left : left + side], (THUMBNAIL_PX, THUMBNAIL_PX))
    source = _data("image/jpeg", pictures.encode(square))
    return f"<img src='{source}' alt='' width='{THUMBNAIL_PX}' height='{THUMBNAIL_PX}'>"


def _value(number: float | None, unit: str) -> str:
    return "not measured" if number is None else f"{number:g} {unit}"


def _data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _safe(text: object) -> str:
    return html.escape(str(text), quote=True)
