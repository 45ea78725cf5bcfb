# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, timedelta
from itertools import pairwise

import pytest
from tests.parking_robot.money.tariffs import BERLIN, berlin, tariff

from parking_robot.money.spans import spans, wall_clock


def cut(entry, leave, **changes):
    start, end = (moment.astimezone(UTC) for moment in (entry, leave))
    return list(spans(tariff(**changes), start, end, start))


def names(found):
    return [(span.rate.name, span.blocks(span.end - span.start)) for span in found]


def test_a_block_ends_where_the_rate_changes():
    assert names(cut(berlin("2026-03-02T19:40"), berlin("2026-03-02T20:10"))) == [("day", 1), ("night", 1)]


def test_midnight_alone_cuts_nothing():
    assert names(cut(berlin("2026-03-02T23:30"), berlin("2026-03-03T00:30"))) == [("night", 1)]


def test_a_calendar_cap_cuts_at_midnight_and_names_the_days():
    found = cut(berlin("2026-03-02T23:30"), berlin("2026-03-03T00:30"), cap=5, cap_period="calendar_day")
    assert [span.period for span in found] == ["2026-03-02", "2026-03-03"]


def test_a_24_h_cap_cuts_24_h_after_the_entry():
    found = cut(berlin("2026-03-02T10:15"), berlin("2026-03-03T10:30"), cap=5)
    assert found[-1].end - found[-1].start == timedelta(minutes=15)
    assert [span.period for span in found][-2:] == ["24 h no. 1", "24 h no. 2"]


def test_spans_cover_the_stay_without_a_gap():
    entry, leave = berlin("2026-03-27T13:13:13"), berlin("2026-04-02T01:02:03")
    found = cut(entry, leave, cap=5)
    assert (found[0].start, found[-1].end) == (entry.astimezone(UTC), leave.astimezone(UTC))
    assert all(a.end == b.start for a, b in pairwise(found))


def test_the_short_night_of_spring_has_an_hour_less():
    night = cut(berlin("2026-03-28T20:00"), berlin("2026-03-29T07:00"))
    assert names(night) == [("night", 10)]


def test_the_long_night_of_autumn_has_an_hour_more():
    assert names(cut(berlin("2026-10-24T20:00"), berlin("2026-10-25T07:00"))) == [("night", 12)]


def test_the_clock_finds_the_change_between():
    start = berlin("2026-03-29T01:00").astimezone(UTC)
    assert wall_clock(start, 7 * 60, BERLIN) == berlin("2026-03-29T03:00").astimezone(UTC)


@pytest.mark.parametrize(("day", "blocks"), [("2028-02-28", 48), ("2027-02-28", 24)])
def test_the_leap_day_is_a_day(day, blocks):
    hourly = {"rates": [{"name": "all", "block_minutes": 60, "price": 1}]}
    assert names(cut(berlin(f"{day}T00:00"), berlin(f"{day[:4]}-03-01T00:00"), **hourly)) == [("all", blocks)]
