# SPDX-License-Identifier: Apache-2.0
"""A tariff: versions, each with a validity, a week of rates, free time, a cap, event rates and discounts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from parking_robot.errors import TariffError
from parking_robot.money.money import Money
from parking_robot.money.week import Week


class FreeMode(StrEnum):
    """How free minutes work: DEDUCTED never costs them; THRESHOLD charges them too once the stay is longer."""

    DEDUCTED = "deducted"
    THRESHOLD = "threshold"


class CapPeriod(StrEnum):
    """What a cap is counted over: 24 hours from the entry, or the local calendar day."""

    FROM_ENTRY = "24h"
    CALENDAR_DAY = "calendar_day"


@dataclass(frozen=True, slots=True)
class Event:
    """A flat price for a stay that begins in [start, end); it covers the time until ``end``."""

    name: str
    start: datetime
    end: datetime
    flat: Money


@dataclass(frozen=True, slots=True)
class Validation:
    """A merchant's code: minutes off the charged time's beginning, then percent, then an amount off the bill."""

    code: str
    minutes: int = 0
    percent: int = 0
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """What holds in [valid_from, valid_until). Instants are aware datetimes; ``valid_until`` None means for good."""

    id: str
    valid_from: datetime
    valid_until: datetime | None
    week: Week
    free_minutes: int
    free_mode: FreeMode
    exit_grace_minutes: int
    reentry_minutes: int
    cap: Money | None
    cap_period: CapPeriod
    lost_ticket: Money
    events: tuple[Event, ...]
    validations: Mapping[str, Validation]
    class_percent: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Tariff:
    """The versions of one garage's prices in order of time, in one currency and one time zone.

    ``digest``: the first 12 hexadecimal digits of the file's SHA-256, by which records tell edited prices apart.
    """

    name: str
    currency: str
    zone: ZoneInfo
    versions: tuple[Version, ...]
    digest: str

    def mark(self, instant: datetime) -> dict[str, str]:
        """Return what a record tells of the prices in force: the version's id (empty: there is none), the digest."""
        try:
            version = self.at(instant).id
        except TariffError:
            version = ""
        return {"tariff_version": version, "tariff_hash": self.digest}

    def at(self, instant: datetime) -> Version:
        """Return the version in force. Raises TariffError when there is none."""
        place = bisect_right(self.versions, instant, key=lambda version: version.valid_from) - 1
        version = self.versions[place]
        if place < 0 or (version.valid_until is not None and instant >= version.valid_until):
            raise TariffError(
                f"tariff '{self.name}' has no version for {instant.astimezone(self.zone):%Y-%m-%d %H:%M}",
                hint="add a version that is valid then",
            )
        return version
