# SPDX-License-Identifier: Apache-2.0
"""The demonstration in the terminal: steps, the walk, incidents as they come, and the table at the end."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from ronda.msg import Incident, PatrolState

from patrol_robot.demo_watch import View
from ronda_core.errors import RondaError

REFRESH_S = 0.2


class Screen:
    """Writes to a rich console; safe to call from several threads."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def say(self, text: str) -> None:
        """One line."""
        self._console.print(f"  {text}", highlight=False)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """A step of the set-up: a spinner while it lasts, one line with its time when it is done."""
        began = time.monotonic()
        with self._console.status(f"{escape(name)} ..."):
            yield
        self._console.print(f"  [green]✓[/] {escape(name)} [dim]{time.monotonic() - began:.1f} s[/]", highlight=False)

    def incident(self, incident: Incident) -> None:
        """An alert, as a guard would hear it."""
        self._console.print(f"  [bold red]![/] {escape(incident.summary)}", highlight=False)

    def problem(self, error: RondaError) -> None:
        """Why the round could not go on."""
        self._console.print(f"[red]{escape(error.describe())}[/]", highlight=False)

    @contextmanager
    def round(self, view: View, waypoints: int) -> Iterator[None]:
        """A bar that follows the robot from waypoint to waypoint."""
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[at]}"))
        with Progress(*columns, TimeElapsedColumn(), console=self._console, transient=True) as progress:
            task = progress.add_task("walking the round", total=waypoints, at="")
            stopping = threading.Event()

            def follow() -> None:
                while not stopping.wait(REFRESH_S):
                    _show(progress, task, view.patrol, waypoints)

            thread = threading.Thread(target=follow, name="progress", daemon=True)
            thread.start()
            try:
                yield
            finally:
                stopping.set()
                thread.join()
        reached = view.patrol.reached if view.patrol else 0
        self.say(f"[green]✓[/] round walked: {reached} of {waypoints} waypoints reached")

    def table(self, report: Mapping[str, Any], folder: Path) -> None:
        """The outcome in a few lines."""
        route, performance = report["route"], report["performance"]
        alert, sight = performance["frame_to_alert_ms"], performance["first_sight_to_alert_s"]
        table = Table(
            title="passed" if report["ok"] else "FAILED", title_style="bold green" if report["ok"] else "bold red"
        )
        table.add_column("what")
        table.add_column("result", justify="right")
        table.add_row("waypoints reached", f"{route['reached']} of {route['waypoints']}")
        table.add_row("distance, simulated time", f"{route['distance_m']:.0f} m, {route['sim_duration_s']:.0f} s")
        table.add_row("collisions", str(route["collisions"]))
        table.add_row("incidents", str(len(report["incidents"])))
        table.add_row("people missed", ", ".join(report["missed_people"]) or "none")
        table.add_row("named wrongly", str(len(report["false_alerts"])))
        table.add_row("frame to alert p50 / p95", f"{alert['p50']} / {alert['p95']} ms")
        table.add_row("first sight to alert p50 / p95", f"{sight['p50']} / {sight['p95']} s")
        table.add_row("speed over real time", str(performance["real_time_factor"]))
        self._console.print(table)
        if route["message"]:
            self.say(f"[red]{escape(route['message'])}[/]")
        for missed in route["missed"]:
            self.say(f"[red]waypoint {escape(missed['name'])} missed: {escape(missed['reason'])}[/]")
        self.say(f"report: {folder / 'index.html'}")


def _show(progress: Progress, task: Any, patrol: PatrolState | None, waypoints: int) -> None:
    if patrol is None:
        return
    at = f"{patrol.waypoint_index + 1}/{waypoints} {patrol.waypoint_name}"
    progress.update(
        task, completed=patrol.reached + len(patrol.missed), at=escape(at), description=escape(patrol.detail)
    )
