# SPDX-License-Identifier: Apache-2.0
"""The week of a tariff: which rate holds at a local day and minute. Every minute of every day has exactly one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from parking_robot.errors import TariffError
from parking_robot.money.money import Money

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAY = "holiday"
MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Rate:
    """``price`` per started block of ``block_minutes``, on ``days`` from ``start`` to ``end`` (minutes after midnight).

    ``end`` may be before ``start``: then the rate runs over midnight into the next day.
    """

    name: str
    days: frozenset[str]
    start: int
    end: int
    block_minutes: int
    price: Money

    def minutes_of(self, day: str) -> list[tuple[int, int]]:
        """Return the pieces [from, to) of ``day`` that this rate covers; a night has both ends."""
        end = self.end or MINUTES
        if day not in self.days:
            return []
        if self.start < end:
            return [(self.start, end)]
        return [(0, end), (self.start, MINUTES)]


class Week:
    """The rates of a week, looked up by local time.

    A rate over midnight covers, on each of its days, the minutes after midnight and those before: the night of a day.
    """

    def __init__(self, rates: Sequence[Rate], holidays: Iterable[date], where: str) -> None:
        """Raises TariffError naming the day and minutes that no rate or more than one rate covers."""
        self.rates = tuple(rates)
        self.holidays = frozenset(holidays)
        self._with_holiday = any(HOLIDAY in rate.days for rate in rates)
        days = (*DAYS, HOLIDAY) if self._with_holiday else DAYS
        self._table = {day: _pieces(day, self.rates, where) for day in days}

    def day_of(self, local: date) -> str:
        """Return the kind of day: a weekday, or ``holiday`` when the tariff has rates for it."""
        if self._with_holiday and local in self.holidays:
            return HOLIDAY
        return DAYS[local.weekday()]

    def at(self, local: datetime) -> tuple[Rate, int]:
        """Return the rate at a local wall time, and the minute of that day at which its piece ends (1440: midnight)."""
        minute = local.hour * 60 + local.minute
        for _, end, rate in self._table[self.day_of(local.date())]:
            if minute < end:
                return rate, end
        raise AssertionError("a week covers each day to its end")


def _pieces(day: str, rates: Sequence[Rate], where: str) -> list[tuple[int, int, Rate]]:
    pieces = sorted(((a, b, rate) for rate in rates for a, b in rate.minutes_of(day)), key=lambda piece: piece[:2])
    reached = 0
    for start, end, rate in pieces:
        if start > reached:
            raise TariffError(
                f"{where}: no rate covers {day} {clock(reached)}-{clock(start)}", hint="add a rate or widen one"
            )
        if start < reached:
            raise TariffError(
                f"{where}: more than one rate covers {day} {clock(start)}-{clock(min(reached, end))} ('{rate.name}')",
                hint="shorten one of them",
            )
        reached = end
    if reached < MINUTES:
        raise TariffError(f"{where}: no rate covers {day} {clock(reached)}-24:00", hint="add a rate or widen one")
    return pieces


def clock(minute: int) -> str:
    """Return minutes after midnight as hh:mm."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def minute_of(text: object, where: str) -> int:
    """Return minutes after midnight of ``hh:mm`` (24:00 is 0, the end of a day). Raises TariffError."""
    if text == "24:00":
        return 0
    try:
        # YAML 1.1 reads an unquoted 20:00 as a number to base sixty.
        moment = time(text // 60, text % 60) if type(text) is int else time.fromisoformat(str(text))
    except ValueError as error:
        raise TariffError(f"{where}: '{text}' is no time of day", hint='write it as "07:30"') from error
    return moment.hour * 60 + moment.minute
