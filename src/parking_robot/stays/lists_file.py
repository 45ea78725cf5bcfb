# SPDX-License-Identifier: Apache-2.0
"""Block and allow lists, permits and reservations from YAML, strictly: what is wrong is refused with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from parking_robot.errors import ConfigurationError, ParkingError
from parking_robot.money.tariff_file import instant
from parking_robot.plates.alphabet import normalise
from parking_robot.stays.access import ListEntry, ListKind
from ronda_core.errors import ParameterError, RondaError
from ronda_core.parameters import check_keys

HINT = "see docs/parking.md, lists"


class ListsFile:
    """The lists of one file, read again when it changes; a change that cannot be read leaves the lists as they were."""

    def __init__(self, path: Path, zone: ZoneInfo) -> None:
        """Read the file. Raises ConfigurationError."""
        self._path, self._zone = path, zone
        self._stamp = self._changed()
        self._entries = load_lists(path, zone)
        self.problem = ""

    def entries(self) -> tuple[ListEntry, ...]:
        """Return the newest lists that could be read; ``problem`` says why these are not the file's."""
        try:
            stamp = self._changed()
            if stamp != self._stamp:
                self._stamp = stamp
                self._entries = load_lists(self._path, self._zone)
                self.problem = ""
        except ParkingError as error:
            self.problem = str(error)
        return self._entries

    def _changed(self) -> tuple[int, int]:
        try:
            status = self._path.stat()
        except OSError as error:
            raise ConfigurationError(f"lists {self._path} cannot be read: {error}", hint="check the path") from error
        return (status.st_mtime_ns, status.st_size)


def load_lists(path: Path, zone: ZoneInfo) -> tuple[ListEntry, ...]:
    """Return the lists of a file. Raises ConfigurationError naming the entry."""
    try:
        content = yaml.safe_load(path.read_text("utf-8")) or {}
        check_keys(content, [kind.value for kind in ListKind], str(path))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ParameterError) as error:
        raise ConfigurationError(f"lists {path}: {error}", hint=HINT) from error
    return tuple(
        _entry(item, ListKind(kind), zone, f"{path}, {kind} {number}")
        for kind, items in content.items()
        for number, item in enumerate(_sequence(items, f"{path}, {kind}"), 1)
    )


def _entry(item: Any, kind: ListKind, zone: ZoneInfo, where: str) -> ListEntry:
    try:
        check_keys(item, ("plates", "reason", "from", "until", "places", "class"), where)
        plates = tuple(_plate(plate, where) for plate in _sequence(item.get("plates"), where))
        start = instant(item.get("from", "1970-01-01T00:00+00:00"), zone, where)
        end = instant(item["until"], zone, where) if item.get("until") is not None else None
    except RondaError as error:
        place = "" if where in str(error) else f"{where}: "
        raise ConfigurationError(f"{place}{error}", hint=error.hint or HINT) from error
    places = item.get("places", 1)
    if not plates or type(places) is not int or places < 1:
        raise ConfigurationError(f"{where}: at least one plate and one place are needed", hint=HINT)
    named = item.get("class", "")
    if not isinstance(named, str) or (named and kind is ListKind.BLOCK):
        raise ConfigurationError(f"{where}: 'class' is a word such as ev, for cars that may come in", hint=HINT)
    if end is not None and end <= start:
        raise ConfigurationError(f"{where}: 'until' is not after 'from'", hint="correct one of them")
    return ListEntry(kind, plates, str(item.get("reason", kind.value)), start, end, places, named)


def _plate(value: Any, where: str) -> str:
    # YAML reads NO as false and an empty place as null; a plate of digits alone may stand without quotes.
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ConfigurationError(f"{where}: plate {value!r} is no text", hint="write it in quotes")
    return normalise(str(value))


def _sequence(value: Any, where: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise ConfigurationError(f"{where}: a list is expected", hint=HINT)
    return value
