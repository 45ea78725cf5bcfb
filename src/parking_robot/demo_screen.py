# SPDX-License-Identifier: Apache-2.0
"""The garage's demonstration in the terminal: steps, what happens at the gates, and the table at the end."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from ronda.msg import GateEvent, GateState

from ronda_core.errors import RondaError

_WORDS = {
    GateState.DECISION_OPEN: "[green]opens[/]",
    GateState.DECISION_HOLD: "[yellow]holds[/]",
    GateState.DECISION_ASK: "[yellow]asks a person[/]",
}


class GarageScreen:
    """Writes to a rich console; safe to call from several threads."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def say(self, text: str) -> None:
        """One line."""
        self._console.print(f"  {escape(text)}", highlight=False)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """A step of the set-up: a spinner while it lasts, one line with its time when it is done."""
        began = time.monotonic()
        with self._console.status(f"{escape(name)} ..."):
            yield
        self._console.print(f"  [green]✓[/] {escape(name)} [dim]{time.monotonic() - began:.1f} s[/]", highlight=False)

    def event(self, event: GateEvent) -> None:
        """What a gate decided."""
        if event.kind == GateEvent.DECIDED and event.decision in _WORDS:
            plate = event.plate or "a car whose plate it cannot read"
            word, reason = _WORDS[event.decision], escape(event.reason_text)
            self._console.print(f"  {event.gate_id} {word} for {escape(plate)}: {reason}", highlight=False)

    def problem(self, error: RondaError) -> None:
        """Why it could not go on."""
        self._console.print(f"[red]{escape(error.describe())}[/]", highlight=False)

    def table(self, report: Mapping[str, Any], folder: Path) -> None:
        """The outcome in a few lines."""
        style = "bold green" if report["ok"] else "bold red"
        table = Table(title="passed" if report["ok"] else "FAILED", title_style=style)
        for name in ("plate", "read at the entry", "fee", "paid", "exit", "reason"):
            table.add_column(name)
        for stay in report["stays"]:
            table.add_row(
                stay["plate_true"],
                stay["plate_read"] or "not read",
                _money(stay["fee"]),
                _money(stay["paid"]),
                stay["decision"],
                stay["reason"],
            )
        self._console.print(table)
        bays, barrier, performance = report["bays"], report["barrier"], report["performance"]
        self.say(f"plates read exactly: {_percent(report['plate_exact_rate'])} of the passages")
        self.say(f"bays: {len(bays['true'])} occupied, {len(bays['errors'])} reported wrongly")
        self.say(f"barriers: {barrier['cycles']} cycles, {barrier['closings_on_occupied']} closings on a car")
        self.say(f"wrongly opened: {_names(report['wrongly_opened'])}; wrongly held: {_names(report['wrongly_held'])}")
        for problem in report["problems"]:
            self.say(f"wrong: {problem}")
        self.say(f"{performance['sim_duration_s']} s simulated in {performance['wall_duration_s']} s")
        self.say(f"report: {folder / 'index.html'}")


def _money(minor: int | None) -> str:
    return "-" if minor is None else f"{minor / 100:.2f}"


def _percent(share: float | None) -> str:
    return "none" if share is None else f"{share:.0%}"


def _names(names: list[str]) -> str:
    return ", ".join(names) or "none"
