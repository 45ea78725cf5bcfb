# SPDX-License-Identifier: Apache-2.0
"""Read a tariff from YAML, strictly: unknown keys, gaps, overlaps and wrong units are refused with their place."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from parking_robot.errors import MoneyError, TariffError
from parking_robot.money.money import Money, require_currency
from parking_robot.money.tariff import CapPeriod, Event, FreeMode, Tariff, Validation, Version
from parking_robot.money.week import DAYS, HOLIDAY, Rate, Week, minute_of
from ronda_core.errors import ParameterError
from ronda_core.parameters import check_keys

HINT = "see docs/parking.md, tariffs"
_DAY_GROUPS = {"workdays": DAYS[:5], "weekend": DAYS[5:], "all": DAYS}
_VERSION_KEYS = (
    "id", "valid_from", "valid_until", "free_minutes", "free_mode", "exit_grace_minutes", "reentry_minutes", "cap",
    "cap_period", "lost_ticket", "holidays", "rates", "events", "validations", "class_percent",
)  # fmt: skip


def load_tariff(path: Path) -> Tariff:
    """Read a tariff file. Raises TariffError."""
    try:
        return parse_tariff(path.read_text("utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise TariffError(f"tariff {path} cannot be read: {error}", hint="check the path") from error


def parse_tariff(text: str, where: str) -> Tariff:
    """Return the tariff of a YAML text. Raises TariffError naming ``where`` and the version."""
    try:
        content = yaml.safe_load(text)
        if not isinstance(content, dict):
            raise TariffError(f"{where}: a mapping is expected", hint=HINT)
        check_keys(content, ("tariff", "currency", "time_zone", "versions"), where)
        return _tariff(content, where, hashlib.sha256(text.encode()).hexdigest()[:12])
    except yaml.YAMLError as error:
        raise TariffError(f"{where} is not valid YAML: {error}", hint="correct the file") from error
    except (ParameterError, MoneyError) as error:
        place = "" if where in str(error) else f"{where}: "
        raise TariffError(f"{place}{error}", hint=error.hint or HINT) from error


def _tariff(content: Mapping[str, Any], where: str, digest: str) -> Tariff:
    currency = require_currency(str(_need(content, "currency", where)))
    try:
        zone = ZoneInfo(str(_need(content, "time_zone", where)))
    except (OSError, ValueError, KeyError) as error:
        raise TariffError(f"{where}: unknown time zone '{content['time_zone']}'", hint="e.g. Europe/Berlin") from error
    entries = _list(content, "versions", where)
    if not entries:
        raise TariffError(f"{where}: 'versions' is empty", hint=HINT)
    versions = sorted((_version(e, zone, currency, where) for e in entries), key=lambda version: version.valid_from)
    for earlier, later in pairwise(versions):
        until = earlier.valid_until
        if until is None or until > later.valid_from:
            raise TariffError(
                f"{where}: versions '{earlier.id}' and '{later.id}' overlap from {later.valid_from:%Y-%m-%d %H:%M}",
                hint=f"set valid_until of '{earlier.id}' to valid_from of '{later.id}'",
            )
        if until < later.valid_from:
            raise TariffError(
                f"{where}: no version from {until:%Y-%m-%d %H:%M} to {later.valid_from:%Y-%m-%d %H:%M}",
                hint=f"let '{earlier.id}' end where '{later.id}' begins",
            )
    if len({version.id for version in versions}) < len(versions):
        raise TariffError(f"{where}: two versions have one id", hint="give each its own")
    return Tariff(str(_need(content, "tariff", where)), currency, zone, tuple(versions), digest)


def _version(entry: Any, zone: ZoneInfo, currency: str, file: str) -> Version:
    if not isinstance(entry, dict):
        raise TariffError(f"{file}: each version is a mapping", hint=HINT)
    where = f"{file}, version '{entry.get('id', '?')}'"
    check_keys(entry, _VERSION_KEYS, where)
    start = instant(_need(entry, "valid_from", where), zone, where)
    until = instant(entry["valid_until"], zone, where) if entry.get("valid_until") is not None else None
    if until is not None and until <= start:
        raise TariffError(f"{where}: valid_until is not after valid_from", hint="correct one of them")
    rates = [_rate(item, currency, where) for item in _list(entry, "rates", where)]
    holidays = [_date(day, where) for day in _list(entry, "holidays", where)]
    cap = _amount(entry["cap"], currency, f"{where}, cap") if entry.get("cap") is not None else None
    validations = [_validation(code, item, currency, where) for code, item in _map(entry, "validations", where).items()]
    codes = [validation.code for validation in validations]
    if twin := next((code for code in codes if codes.count(code) > 1), ""):
        raise TariffError(f"{where}: two validations have the code '{twin}'", hint="capitals make no difference")
    return Version(
        id=str(_need(entry, "id", where)),
        valid_from=start,
        valid_until=until,
        week=Week(rates, holidays, where),
        free_minutes=_whole(entry, "free_minutes", 0, 0, 24 * 60, where),
        free_mode=FreeMode(_choice(entry, "free_mode", tuple(FreeMode), FreeMode.DEDUCTED, where)),
        exit_grace_minutes=_whole(entry, "exit_grace_minutes", 15, 0, 24 * 60, where),
        reentry_minutes=_whole(entry, "reentry_minutes", 0, 0, 24 * 60, where),
        cap=cap,
        cap_period=CapPeriod(_choice(entry, "cap_period", tuple(CapPeriod), CapPeriod.FROM_ENTRY, where)),
        lost_ticket=_amount(_need(entry, "lost_ticket", where), currency, f"{where}, lost_ticket"),
        events=tuple(_event(item, zone, currency, where) for item in _list(entry, "events", where)),
        validations={validation.code: validation for validation in validations},
        class_percent={
            str(name): _whole({"percent": value}, "percent", 0, 0, 100, f"{where}, class_percent {name}")
            for name, value in _map(entry, "class_percent", where).items()
        },
    )


def _rate(item: Any, currency: str, version: str) -> Rate:
    where = f"{version}, rate '{item.get('name', '?') if isinstance(item, dict) else item}'"
    if not isinstance(item, dict):
        raise TariffError(f"{where}: a mapping is expected", hint=HINT)
    check_keys(item, ("name", "days", "from", "to", "block_minutes", "price"), where)
    named = item.get("days", "all")
    if not isinstance(named, str | list):
        raise TariffError(f"{where}: 'days' must be a day or a list of days, not {named!r}", hint="e.g. [sat, holiday]")
    days: set[str] = set()
    for day in [named] if isinstance(named, str) else named:
        if day not in (*DAYS, HOLIDAY, *_DAY_GROUPS):
            raise TariffError(f"{where}: unknown day '{day}'", hint=f"use {', '.join((*DAYS, HOLIDAY, *_DAY_GROUPS))}")
        days.update(_DAY_GROUPS.get(day, (day,)))
    return Rate(
        str(_need(item, "name", where)),
        frozenset(days),
        minute_of(item.get("from", "00:00"), where),
        minute_of(item.get("to", "24:00"), where),
        _whole(item, "block_minutes", None, 1, 24 * 60, where),
        _amount(_need(item, "price", where), currency, where),
    )


def _event(item: Any, zone: ZoneInfo, currency: str, version: str) -> Event:
    where = f"{version}, event '{item.get('name', '?') if isinstance(item, dict) else item}'"
    if not isinstance(item, dict):
        raise TariffError(f"{where}: a mapping is expected", hint=HINT)
    check_keys(item, ("name", "from", "to", "flat"), where)
    start, end = (instant(_need(item, key, where), zone, where) for key in ("from", "to"))
    if end <= start:
        raise TariffError(f"{where}: 'to' is not after 'from'", hint="correct one of them")
    return Event(str(_need(item, "name", where)), start, end, _amount(_need(item, "flat", where), currency, where))


def _validation(code: Any, item: Any, currency: str, version: str) -> Validation:
    where = f"{version}, validation '{code}'"
    # YAML reads an unquoted ON or NULL as something else.
    if isinstance(code, bool) or not isinstance(code, str | int) or not str(code).strip():
        raise TariffError(f"{where}: a code is a text", hint="write it in quotes")
    check_keys(item, ("minutes", "percent", "amount"), where)
    amount = _amount(item["amount"], currency, where) if item.get("amount") is not None else None
    minutes, percent = (_whole(item, "minutes", 0, 0, 10_080, where), _whole(item, "percent", 0, 0, 100, where))
    # As what a driver types is read.
    return Validation(str(code).strip().upper(), minutes, percent, amount)


def instant(value: Any, zone: ZoneInfo, where: str) -> datetime:
    """Return an instant in UTC; without an offset ``value`` is local time of ``zone``. Raises TariffError.

    A local time that does not exist (the clock springs over it) is refused; of two equal ones the earlier is meant.
    """
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError as error:
        raise TariffError(f"{where}: '{value}' is no time", hint="write it as 2026-07-01T00:00") from error
    try:
        result = (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).astimezone(UTC)
        there_and_back = result.astimezone(zone).replace(tzinfo=None)
    except OverflowError as error:
        raise TariffError(f"{where}: '{value}' lies outside the calendar", hint="check the year") from error
    if moment.tzinfo is None and there_and_back != moment:
        raise TariffError(
            f"{where}: {moment} does not exist in {zone.key}, the clock springs over it",
            hint=f"use {there_and_back} or add an offset",
        )
    return result


def _date(value: Any, where: str) -> date:
    # A datetime is a date too, but equals none.
    if isinstance(value, datetime):
        raise TariffError(f"{where}, holidays: '{value}' has a time of day", hint="write it as 2026-12-25")
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError as error:
        raise TariffError(f"{where}: '{value}' is no date", hint="write it as 2026-12-25") from error


def _amount(value: Any, currency: str, where: str) -> Money:
    try:
        amount = Money.parse(value, currency)
    except MoneyError as error:
        raise TariffError(f"{where}: {error}", hint=error.hint) from error
    if amount.minor < 0:
        raise TariffError(f"{where}: {amount} is negative", hint="prices are zero or more")
    return amount


def _need(entry: Mapping[str, Any], key: str, where: str) -> Any:
    if entry.get(key) is None:
        raise TariffError(f"{where}: '{key}' is missing", hint=HINT)
    return entry[key]


def _list(entry: Mapping[str, Any], key: str, where: str) -> list[Any]:
    value = entry.get(key) or []
    if not isinstance(value, list):
        raise TariffError(f"{where}: '{key}' must be a list", hint=HINT)
    return value


def _map(entry: Mapping[str, Any], key: str, where: str) -> Mapping[Any, Any]:
    value = entry.get(key) or {}
    if not isinstance(value, dict):
        raise TariffError(f"{where}: '{key}' must be a mapping", hint=HINT)
    return value


def _whole(entry: Mapping[str, Any], key: str, default: int | None, low: int, high: int, where: str) -> int:
    value = entry.get(key, default)
    if type(value) is not int or not low <= value <= high:
        raise TariffError(f"{where}: '{key}' must be a whole number from {low} to {high}, not {value!r}", hint=HINT)
    return value


def _choice(entry: Mapping[str, Any], key: str, choices: tuple[str, ...], default: str, where: str) -> str:
    value = str(entry.get(key, default))
    if value not in choices:
        raise TariffError(f"{where}: '{key}' must be one of {', '.join(choices)}, not '{value}'", hint=HINT)
    return value
