# SPDX-License-Identifier: Apache-2.0
"""``ronda parking screen``: the address at which a gate's screen opens on another computer than the server's."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def screen(
    gate: Annotated[str, typer.Argument(help="Name of the gate, e.g. gate_out.")],
    public_url: Annotated[str, typer.Option(help="Address of the server as the screen reaches it.")],
    data_dir: Annotated[Path | None, typer.Option(help="Folder of the secrets (default: in the data folder).")] = None,
) -> None:
    """Print the address of a gate's screen, with its key: whoever has it sees the plates and codes at that gate.

    Example: ronda parking screen gate_out --public-url http://192.0.2.7:8460
    """
    from urllib.parse import urlsplit

    from parking_robot.errors import ParkingError
    from parking_robot.gate_cli_client import gate_name
    from parking_robot.payments.secret import known_secret
    from parking_robot.server.screen_links import screen_link
    from ronda_core.paths import data_dir as site_data

    try:
        parts = urlsplit(public_url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        raise ParkingError(f"'{public_url}' is no address of a server", hint="e.g. http://192.0.2.7:8460")
    name = gate_name(gate)
    secret = known_secret(data_dir or site_data() / "parking", "start `ronda parking serve` once, or name --data-dir")
    typer.echo(screen_link(public_url, name, secret))
