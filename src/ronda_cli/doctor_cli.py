# SPDX-License-Identifier: Apache-2.0
"""`ronda doctor`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> int:
    """Say what is missing on this machine and how to get it; ends with 1 if something required is missing."""
    from ronda_cli.doctor import report

    found = report.findings()
    sys.stdout.write(report.as_json(found) if as_json else report.as_text(found))
    return 0 if report.is_fit(found) else 1
