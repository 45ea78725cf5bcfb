# SPDX-License-Identifier: Apache-2.0
from datetime import date, datetime

import pytest

from parking_robot.errors import TariffError
from parking_robot.money.money import Money
from parking_robot.money.week import DAYS, Rate, Week, minute_of


def rate(name, start, end, days=DAYS):
    return Rate(name, frozenset(days), start * 60, end * 60 % 1440, 30, Money(100, "EUR"))


def test_a_night_rate_covers_both_ends_of_its_days():
    week = Week([rate("day", 7, 20), rate("night", 20, 7)], [], "t")
    assert [week.at(datetime(2026, 3, 2, hour))[0].name for hour in (0, 6, 7, 19, 20, 23)] == [
        "night", "night", "day", "day", "night", "night",
    ]  # fmt: skip


def test_a_piece_ends_where_the_next_begins():
    week = Week([rate("day", 7, 20), rate("night", 20, 7)], [], "t")
    assert week.at(datetime(2026, 3, 2, 12, 30))[1] == 20 * 60
    assert week.at(datetime(2026, 3, 2, 23, 59))[1] == 24 * 60


def test_a_gap_is_named_with_day_and_time():
    with pytest.raises(TariffError, match=r"t: no rate covers mon 20:00-24:00"):
        Week([rate("day", 0, 20)], [], "t")
    with pytest.raises(TariffError, match=r"no rate covers sun 00:00-24:00"):
        Week([rate("work", 0, 24, DAYS[:6])], [], "t")


def test_an_overlap_is_named_with_day_and_time():
    with pytest.raises(TariffError, match=r"more than one rate covers mon 07:00-08:00 \('late'\)"):
        Week([rate("early", 0, 8), rate("late", 7, 24)], [], "t")


def test_holidays_need_a_whole_day_of_rates_once_they_are_named():
    with pytest.raises(TariffError, match=r"no rate covers holiday 12:00-24:00"):
        Week([rate("all", 0, 24), rate("feast", 0, 12, ["holiday"])], [date(2026, 12, 25)], "t")
    week = Week([rate("all", 0, 24), rate("feast", 0, 24, ["holiday"])], [date(2026, 12, 25)], "t")
    assert week.at(datetime(2026, 12, 25, 9))[0].name == "feast"
    assert week.at(datetime(2026, 12, 24, 9))[0].name == "all"


def test_holidays_without_rates_of_their_own_are_weekdays():
    assert Week([rate("all", 0, 24)], [date(2026, 12, 25)], "t").day_of(date(2026, 12, 25)) == "fri"


@pytest.mark.parametrize(("text", "minute"), [("07:30", 450), ("24:00", 0), (1200, 1200), ("00:00", 0)])
def test_times_of_day(text, minute):
    assert minute_of(text, "t") == minute


@pytest.mark.parametrize("text", ["25:00", "noon", "7:5:1:2", None, -1, 99999])
def test_what_is_no_time_of_day_is_refused(text):
    with pytest.raises(TariffError, match="t: "):
        minute_of(text, "t")
