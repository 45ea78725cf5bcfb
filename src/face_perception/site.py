# SPDX-License-Identifier: Apache-2.0
"""The site's permission to identify people: who is looked for, why and until when. Without one nobody is identified."""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Any

import yaml

from face_perception.errors import PolicyError, WatchlistError
from ronda_core.parameters import check_keys

_SITE_KEYS = ("purpose", "legal_basis", "area", "owner", "valid_until", "false_positive_rate", "watchlists")
_LIST_KEYS = ("name", "reason", "legal_basis", "owner", "valid_until", "cooldown_s", "alert_level", "approved_by")
_HINT = "see docs/faces.md, switching identification on"


class AlertLevel(IntEnum):
    """What a match asks of the guard; the numbers are those of FaceMatch."""

    INFO = 0
    WARNING = 1
    ALARM = 2


@dataclass(frozen=True, slots=True)
class Watchlist:
    """People looked for, for one reason. ``valid_until`` is Unix time in seconds."""

    list_id: str
    name: str
    reason: str
    legal_basis: str
    owner: str
    valid_until: float
    cooldown_s: float = 60.0
    alert_level: AlertLevel = AlertLevel.WARNING
    approved_by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        # Here and not only where files are read, so that no way leads to an alarm that one person alone wanted.
        people = {" ".join(unicodedata.normalize("NFKC", name).casefold().split()) for name in self.approved_by}
        if self.alert_level is AlertLevel.ALARM and len(people - {""}) < 2:
            raise WatchlistError(
                f"watchlist '{self.list_id}': a list that raises alarms needs two different people in 'approved_by'",
                hint=_HINT,
            )

    def in_force(self, now: float) -> bool:
        """Return whether the list may be used at Unix time ``now``."""
        return now < self.valid_until


@dataclass(frozen=True, slots=True)
class Site:
    """The permission; ``false_positive_rate`` is the share of strangers that may be named, for all lists together."""

    purpose: str
    legal_basis: str
    area: str
    owner: str
    valid_until: float
    false_positive_rate: float = 0.001
    watchlists: Mapping[str, Watchlist] = field(default_factory=dict)

    def permits(self, now: float) -> bool:
        """Return whether identification is permitted at Unix time ``now``."""
        return now < self.valid_until and any(entry.in_force(now) for entry in self.watchlists.values())

    def watchlist(self, list_id: str, now: float) -> Watchlist:
        """Return a list that is in force. Raises WatchlistError for an unknown or expired one."""
        entry = self.watchlists.get(list_id)
        if entry is None:
            known = ", ".join(self.watchlists) or "none"
            raise WatchlistError(f"unknown watchlist '{list_id}'", hint=f"watchlists of this site: {known}")
        if not (entry.in_force(now) and now < self.valid_until):
            raise WatchlistError(f"watchlist '{list_id}' has expired", hint="renew 'valid_until' in the site file")
        return entry


def load_site(path: Path) -> Site:
    """Read a site file. Raises PolicyError or WatchlistError naming the file and the key at fault."""
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise PolicyError(f"site file {path} cannot be read: {error}", hint=_HINT) from error
    content = check_keys(content or {}, ("identification",), str(path))
    entry = check_keys(content.get("identification") or {}, _SITE_KEYS, f"{path}, identification")
    for key in ("purpose", "legal_basis", "area", "owner", "valid_until", "watchlists"):
        if not entry.get(key):
            raise PolicyError(f"{path}: identification needs '{key}'", hint=_HINT)
    rate = _number(entry.get("false_positive_rate", 0.001), f"{path}, false_positive_rate")
    if not 0 < rate <= 0.1:
        raise PolicyError(f"{path}: false_positive_rate {rate} is not between 0 and 0.1", hint=_HINT)
    lists = check_keys(entry["watchlists"], entry["watchlists"], f"{path}, watchlists")
    return Site(
        purpose=str(entry["purpose"]),
        legal_basis=str(entry["legal_basis"]),
        area=str(entry["area"]),
        owner=str(entry["owner"]),
        valid_until=end_of(entry["valid_until"], f"{path}, valid_until"),
        false_positive_rate=rate,
        watchlists={
            str(key): _watchlist(str(key), value, f"{path}, watchlist '{key}'") for key, value in lists.items()
        },
    )


def _watchlist(list_id: str, value: Any, where: str) -> Watchlist:
    value = check_keys(value, _LIST_KEYS, where)
    for key in ("reason", "legal_basis", "owner", "valid_until"):
        if not value.get(key):
            raise WatchlistError(f"{where}: '{key}' is missing", hint=_HINT)
    try:
        level = AlertLevel[str(value.get("alert_level", "warning")).upper()]
    except KeyError as error:
        raise WatchlistError(f"{where}: alert_level is info, warning or alarm", hint=_HINT) from error
    approved_by = value.get("approved_by") or []
    if not isinstance(approved_by, list) or not all(isinstance(name, str) for name in approved_by):
        raise WatchlistError(f"{where}: approved_by is no list of names", hint="write it as [Ann Example, Bob Example]")
    cooldown = _number(value.get("cooldown_s", 60.0), f"{where}, cooldown_s")
    if not 0 <= cooldown <= 7 * 86400:
        raise WatchlistError(f"{where}: cooldown_s {cooldown} is not between 0 and a week", hint=_HINT)
    return Watchlist(
        list_id=list_id,
        name=str(value.get("name", list_id)),
        reason=str(value["reason"]),
        legal_basis=str(value["legal_basis"]),
        owner=str(value["owner"]),
        valid_until=end_of(value["valid_until"], f"{where}, valid_until"),
        cooldown_s=cooldown,
        alert_level=level,
        approved_by=tuple(approved_by),
    )


def _number(value: Any, where: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise PolicyError(f"{where}: {value!r} is no number", hint=_HINT) from error


def end_of(value: Any, where: str) -> float:
    """Return Unix time of a date (its end, in UTC) or of a date and time (UTC unless it names a zone)."""
    if isinstance(value, str):
        try:
            value = datetime.datetime.fromisoformat(value)
        except ValueError as error:
            raise PolicyError(f"{where}: {value!r} is no date", hint="write it as 2027-01-31") from error
    if isinstance(value, datetime.datetime):
        return (value if value.tzinfo else value.replace(tzinfo=datetime.UTC)).timestamp()
    if isinstance(value, datetime.date):
        end = datetime.datetime.combine(value, datetime.time.max, tzinfo=datetime.UTC)
        return end.timestamp()
    raise PolicyError(f"{where}: {value!r} is no date", hint="write it as 2027-01-31")
