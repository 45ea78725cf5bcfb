# SPDX-License-Identifier: Apache-2.0
"""What a garage is set to: capacity, tariff, lists, and what its gates do where nobody can be asked. From YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from parking_robot.errors import ConfigurationError
from parking_robot.money.tariff import Tariff
from parking_robot.money.tariff_file import load_tariff
from parking_robot.stays.access import PassBack
from parking_robot.stays.lists_file import ListsFile
from ronda_core.errors import ParameterError
from ronda_core.parameters import check_keys

HINT = "see config/parking/garage.yaml"


class Outage(StrEnum):
    """What a gate does while the ledger is away: OPEN lets through and records later, HOLD waits, ASK calls."""

    OPEN = "open"
    HOLD = "hold"
    ASK = "ask"


class Unread(StrEnum):
    """What an entry does with an unreadable plate: TICKET opens and shows the stay's code, ASK calls a person."""

    TICKET = "ticket"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Site:
    """One garage. Paths are absolute; ``outage`` is per gate, ``help`` is what a screen says beside the button."""

    name: str
    capacity: int
    country: str
    tariff: Tariff
    lists: ListsFile
    pass_back: PassBack
    unread_entry: Unread
    outage_entry: Outage
    outage_exit: Outage
    sure: float
    ticket_hours: int
    help: str
    risk_rules: Path | None = None


def load_site(path: Path) -> Site:
    """Read a garage file and the tariff and lists that it names (beside it). Raises ConfigurationError."""
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
        check_keys(content, _KEYS, str(path))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ParameterError) as error:
        raise ConfigurationError(f"garage {path}: {error}", hint=HINT) from error
    where = f"garage {path}"
    outage = content.get("outage") or {}
    try:
        check_keys(outage, ("entry", "exit"), f"{where}, outage")
    except ParameterError as error:
        raise ConfigurationError(str(error), hint=error.hint) from error
    tariff = load_tariff(path.parent / _text(content, "tariff", where))
    rules = content.get("risk_rules")
    return Site(
        name=_text(content, "garage", where),
        capacity=_whole(content, "capacity", 1, 100_000, where),
        country=str(content.get("country", "")),
        tariff=tariff,
        lists=ListsFile(path.parent / _text(content, "lists", where), tariff.zone),
        pass_back=PassBack(_choice(content, "pass_back", PassBack, PassBack.SOFT, where)),
        unread_entry=Unread(_choice(content, "unread_entry", Unread, Unread.TICKET, where)),
        outage_entry=Outage(_choice(outage, "entry", Outage, Outage.OPEN, f"{where}, outage")),
        outage_exit=Outage(_choice(outage, "exit", Outage, Outage.ASK, f"{where}, outage")),
        sure=_share(content, "sure", 0.5, where),
        ticket_hours=_whole(content, "ticket_hours", 1, 24 * 365, where, 72),
        help=str(content.get("help", "")),
        risk_rules=path.parent / str(rules) if rules else None,
    )


_KEYS = (
    "garage", "capacity", "country", "tariff", "lists", "pass_back", "unread_entry", "outage", "sure", "ticket_hours",
    "help", "risk_rules",
)  # fmt: skip


def _text(content: Mapping[str, Any], key: str, where: str) -> str:
    value = content.get(key)
    if not isinstance(value, str) or not value:
        raise ConfigurationError(f"{where}: '{key}' is missing", hint=HINT)
    return value


def _whole(content: Mapping[str, Any], key: str, low: int, high: int, where: str, default: int | None = None) -> int:
    value = content.get(key, default)
    if type(value) is not int or not low <= value <= high:
        raise ConfigurationError(f"{where}: '{key}' must be a whole number from {low} to {high}", hint=HINT)
    return value


def _share(content: Mapping[str, Any], key: str, default: float, where: str) -> float:
    value = content.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ConfigurationError(f"{where}: '{key}' must lie between 0 and 1", hint=HINT)
    return float(value)


def _choice(content: Mapping[str, Any], key: str, kind: type[StrEnum], default: StrEnum, where: str) -> str:
    value = str(content.get(key, default))
    if value not in list(kind):
        raise ConfigurationError(f"{where}: '{key}' must be one of {', '.join(kind)}, not '{value}'", hint=HINT)
    return value
