# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from tests.parking_robot.money.tariffs import DAY, NIGHT, content

from parking_robot.errors import TariffError
from parking_robot.money.money import Money
from parking_robot.money.tariff_file import instant, load_tariff, parse_tariff

TREE = Path(__file__).parents[3]


def refused(changed, match):
    with pytest.raises(TariffError, match=match):
        parse_tariff(yaml.safe_dump(changed), "t.yaml")


def test_the_shipped_tariff_is_read():
    shipped = load_tariff(TREE / "config/parking/tariff.yaml")
    assert [version.id for version in shipped.versions] == ["2026-01", "2027-01"]
    assert shipped.versions[0].cap == Money(1800, "EUR")
    assert shipped.versions[0].validations["CAFE"].amount == Money(200, "EUR")
    assert shipped.versions[0].valid_from == datetime(2025, 12, 31, 23, tzinfo=UTC)


def test_a_gap_in_the_day_names_file_version_and_time():
    refused(content(rates=[DAY]), r"t.yaml, version 'a': no rate covers mon 00:00-07:00")


def test_an_overlap_in_the_day_names_both():
    refused(content(rates=[DAY, NIGHT | {"from": "19:00"}]), r"more than one rate covers mon 19:00-20:00")


def test_a_gap_between_versions_is_refused():
    gap = content({"valid_until": "2026-07-01T00:00"}, {"id": "b", "valid_from": "2026-07-02T00:00"})
    refused(gap, r"no version from 2026-06-30 22:00 to 2026-07-01 22:00")


@pytest.mark.parametrize("until", [None, "2026-08-01T00:00"])
def test_versions_that_overlap_are_refused(until):
    refused(
        content({"valid_until": until}, {"id": "b", "valid_from": "2026-07-01T00:00"}), "versions 'a' and 'b' overlap"
    )


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        (content(currency="EURO"), "unknown currency 'EURO'"),
        (content() | {"time_zone": "Berlin"}, "unknown time zone 'Berlin'"),
        (content() | {"versoins": []}, "versoins"),
        (content(free_minuts=3), "did you mean 'free_minutes'"),
        (content(free_minutes=-1), "'free_minutes' must be a whole number from 0"),
        (content(free_minutes=1.5), "must be a whole number"),
        (content(free_minutes=True), "must be a whole number"),
        (content(free_mode="sometimes"), "'free_mode' must be one of deducted, threshold"),
        (content(cap=-3), "is negative"),
        (content(cap="1.234"), "more than 2 digits"),
        (content(rates=[DAY | {"price": "much"}, NIGHT]), "rate 'day': 'much' is no amount"),
        (content(rates=[DAY | {"block_minutes": 0}, NIGHT]), "'block_minutes' must be a whole number from 1"),
        (content(rates=[DAY | {"days": ["monday"]}, NIGHT]), "unknown day 'monday'"),
        (content(rates=[{k: v for k, v in DAY.items() if k != "price"}, NIGHT]), "'price' is missing"),
        (content(rates="free"), "'rates' must be a list"),
        (content(validations={"X": {"percent": 101}}), "'percent' must be a whole number from 0 to 100"),
        (content(class_percent={"ev": "half"}), "class_percent ev"),
        (content(events=[{"name": "e", "from": "2026-01-02", "to": "2026-01-01", "flat": 1}]), "'to' is not after"),
        (content(valid_until="2019-01-01"), "valid_until is not after valid_from"),
        (content(valid_from="yesterday"), "'yesterday' is no time"),
        (content(valid_from="2026-03-29T02:30"), "does not exist in Europe/Berlin"),
        (content(holidays=["25.12."]), "is no date"),
        (content(holidays=[datetime(2026, 12, 25)]), "version 'a', holidays: '2026-12-25 00:00:00' has a time of day"),
        (content(events=["foo"]), "version 'a', event 'foo': a mapping is expected"),
        (content(rates=[DAY | {"days": 5}, NIGHT]), "rate 'day': 'days' must be a day or a list of days, not 5"),
        (content(rates=[DAY | {"days": None}, NIGHT]), "rate 'day': 'days' must be a day or a list of days, not None"),
        (content(rates=[DAY | {"days": {"mon": 1}}, NIGHT]), "must be a day or a list of days"),
        (content(validations={"X": 5}), "validation 'X': expected keys"),
        (content(validations={True: {"amount": 1}}), "validation 'True': a code is a text"),
        (content(validations={None: {"amount": 1}}), "a code is a text"),
        (content(validations={" ": {"amount": 1}}), "a code is a text"),
        (content(validations={"Cafe": {"amount": 1}, "CAFE ": {}}), "two validations have the code 'CAFE'"),
        (content(valid_from="0001-01-01T00:00"), "version 'a': '0001-01-01T00:00' lies outside"),
        ({"tariff": "t", "currency": "EUR", "time_zone": "Europe/Berlin", "versions": []}, "'versions' is empty"),
        ([], "a mapping is expected"),
    ],
)
def test_wrong_files_are_refused_with_their_place(changed, match):
    refused(changed, match)


def test_a_code_is_read_as_it_is_typed_at_the_cashier():
    read = parse_tariff(yaml.safe_dump(content(validations={"Cafe ": {"amount": 1}, 123: {"percent": 5}})), "t.yaml")
    assert {code: validation.code for code, validation in read.versions[0].validations.items()} == {
        "CAFE": "CAFE",
        "123": "123",
    }


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("0001-01-01T00:00", "Europe/Berlin"),
        ("0001-01-01T00:00+05:00", "Europe/Berlin"),
        ("9999-12-31T23:59-05:00", "Europe/Berlin"),
        ("0001-01-01T02:00+00:00", "America/New_York"),
        ("9999-12-31T23:30+00:00", "Europe/Berlin"),
        (datetime(1, 1, 1, tzinfo=UTC), "America/New_York"),
    ],
)
def test_a_time_at_the_end_of_the_calendar_is_refused_with_its_place(text, zone):
    with pytest.raises(TariffError, match=r"^--entry: .* lies outside the calendar$") as told:
        instant(text, ZoneInfo(zone), "--entry")
    assert told.value.hint


def test_far_times_that_mean_for_good_are_taken():
    assert instant("9999-12-31T00:00", ZoneInfo("Europe/Berlin"), "until").year == 9999


def test_broken_yaml_and_missing_files_are_clear(tmp_path):
    with pytest.raises(TariffError, match="not valid YAML"):
        parse_tariff("a: [", "t.yaml")
    with pytest.raises(TariffError, match="cannot be read"):
        load_tariff(tmp_path / "none.yaml")
