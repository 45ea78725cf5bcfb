# SPDX-License-Identifier: Apache-2.0
"""Options and output that all ``ronda faces`` commands share."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from face_perception.audit import AuditLog
    from face_perception.station import Station

Folder = Annotated[
    Path | None, typer.Option("--faces-dir", help="Folder of gallery, key and audit log [default: <data folder>/faces]")
]
SiteFile = Annotated[
    Path | None,
    typer.Option("--site", help="Who is looked for, why and until when [default: site.yaml beside the gallery]"),
]
Profile = Annotated[str, typer.Option("--profile", help="Which models run together: fast, accurate, or your own")]
ProfilesFile = Annotated[Path | None, typer.Option("--profiles-file", help="YAML file with profiles of your own")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table")]
Requester = Annotated[str, typer.Option("--by", help="Who asks, for the audit log")]


def requester(name: str) -> str:
    """Return who asks: the name given, or the account that runs the command."""
    return name or os.environ.get("USER") or f"uid {os.getuid()}"


def station(folder: Path | None, site: Path | None, profile: str) -> Station:
    """Open the gallery and the models."""
    from face_perception.station import StationSettings, open_station

    return open_station(StationSettings(profile=profile, folder=folder, site_file=site))


def faces_folder(folder: Path | None) -> Path:
    """Return the folder of gallery, key and audit log."""
    from face_perception.station import FOLDER
    from ronda_core.paths import data_dir

    return folder or data_dir() / FOLDER


def audit_log(folder: Path) -> AuditLog:
    """Return the audit log of a folder."""
    from face_perception.audit import AuditLog
    from face_perception.station import AUDIT_FILE
    from ronda_core.clock import SystemClock

    return AuditLog(folder / AUDIT_FILE, SystemClock())


def show(data: Any, as_json: bool, columns: list[str]) -> None:
    """Print rows (mappings) as a table, or anything as JSON."""
    if as_json:
        typer.echo(json.dumps(data, indent=2))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*columns, box=None)
    for row in data:
        table.add_row(*(str(row.get(column, "")) for column in columns))
    Console(soft_wrap=True).print(table)


def date(seconds: float) -> str:
    """Return Unix seconds as UTC text; empty for 0."""
    import datetime

    if not seconds:
        return ""
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%d %H:%M")
