# SPDX-License-Identifier: Apache-2.0
import random

import pytest

from parking_robot.errors import ConfigurationError
from parking_robot.plates.formats import builtin_formats, parse_formats
from ronda_core.errors import RondaError


@pytest.mark.parametrize(
    ("country", "plate"),
    [
        ("KR", "123가4567"),
        ("CN", "京A12345"),
        ("CN", "京AD12345"),
        ("CN", "京A12345F"),
        ("CN", "京A1234学"),
        ("CN", "粤Z1234澳"),
        ("BR", "ABC1D23"),
        ("US", "7AWV401"),
        ("SK", "RK340AO"),
        ("DE", "BMD1234"),
        ("DE", "MA123"),
        ("DE", "BAB1234E"),
        ("NL", "12BDF3"),
        ("NL", "BD12FG"),
        ("IE", "12D12345"),
        ("IE", "131LH123"),
        ("IE", "241D12345"),
        ("PT", "1234AB"),
        ("PT", "AB12CD"),
        ("LU", "AB1234"),
        ("LT", "ABC123"),
        ("LV", "AB1234"),
        ("EE", "123ABC"),
        ("GR", "YZA1234"),
        ("CY", "ABC123"),
        ("MT", "ABC123"),
        ("FR", "AB123CD"),
        ("IT", "AB123CD"),
        ("ES", "1234BCD"),
        ("GB", "AB12CDE"),
        ("PL", "WA12345"),
        ("BE", "1ABC234"),
        ("AT", "W12345A"),
        ("HU", "ABC123"),
        ("SE", "ABC12D"),
        ("DK", "AB12345"),
        ("FI", "ABC123"),
        ("RO", "B123ABC"),
        ("HR", "ZG1234AB"),
        ("SI", "LJAB123"),
        ("BG", "CA1234AB"),
        ("CH", "ZH123456"),
        ("CZ", "1AB2345"),
    ],
)
def test_plates_of_each_country_fit_one_of_its_formats(country, plate):
    assert any(plate_format.accepts(plate) for plate_format in builtin_formats()[country].formats)


@pytest.mark.parametrize("plate", ["京AO2345", "京I12345", "京AL12345", "京A12345B", "沪Z1234港", "东A12345"])
def test_characters_that_a_country_does_not_use_there_do_not_fit(plate):
    assert not any(plate_format.accepts(plate) for plate_format in builtin_formats()["CN"].formats)


def test_every_country_of_the_european_union_has_formats():
    union = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"
    assert [code for code in union.split() if code not in builtin_formats()] == []


def test_the_shares_of_a_country_sum_to_one():
    for country in builtin_formats().values():
        assert sum(plate_format.share for plate_format in country.formats) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "X: {}",
        "X: {formats: []}",
        "X: {formats: [{pattern: ''}]}",
        "X: {formats: [{pattern: LL, weight: -1}]}",
        "X: {formats: [{patern: LL}]}",
        "a: [",
    ],
)
def test_wrong_files_are_refused(text):
    with pytest.raises(RondaError):
        parse_formats(text, "own.yaml")


def test_the_place_of_an_error_is_named():
    with pytest.raises(ConfigurationError, match=r"own\.yaml, XX"):
        parse_formats("XX: {formats: [{name: a}]}", "own.yaml")


@pytest.mark.parametrize("code", ["KR", "US", "BR", "SK"])
def test_samples_fit_a_format_of_their_country(code):
    country = builtin_formats()[code]
    rng = random.Random(4)
    for _ in range(50):
        text = country.sample(rng)
        assert any(form.accepts(text) for form in country.formats)
