# SPDX-License-Identifier: Apache-2.0
"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is: fine; good to know; something optional is missing; something required is missing."""

    OK = "ok"
    NOTE = "note"
    OPTIONAL = "optional"
    MISSING = "missing"


@dataclass(frozen=True)
class Finding:
    """One line of the report: what was looked at, what was found, and the fix where there is something to fix."""

    name: str
    level: Level
    message: str
    fix: str = ""
