# SPDX-License-Identifier: Apache-2.0
import pytest

from parking_robot.plates.decoding import decode
from parking_robot.plates.formats import builtin_formats
from parking_robot.plates.reader import Slot


def read(text, sure=0.95):
    return [Slot({character: sure}, index / 10) for index, character in enumerate(text)]


def decoded(text, *countries, sure=0.95):
    return decode(read(text, sure), builtin_formats(), dict.fromkeys(countries, 1.0))


@pytest.mark.parametrize(
    ("shown", "country", "plate", "rule"),
    [
        ("RK896A0", "SK", "RK896AO", "place 7 0->O"),
        ("BA2681M", "SK", "BA268IM", "place 6 1->I"),
        ("SHOR7X", "US", "SH0R7X", "place 3 O->0"),
        ("0KV80O4", "BR", "OKV8004", "place 1 0->O, place 6 O->0"),
        ("A8C1234", "BR", "ABC1234", "place 2 8->B"),
        ("CZWSQ3021", "CZ", "WSQ3021", "dropped CZ"),
    ],
)
def test_formats_resolve_look_alikes_and_say_so(shown, country, plate, rule):
    result = decoded(shown, country)
    assert result.text == plate
    assert result.rule.endswith(": " + rule)
    assert result.region == country


def test_a_plate_that_fits_as_read_names_the_format_only():
    assert decoded("PJC4903", "BR").rule == "BR LLLNNNN (national)"


def test_a_plate_that_fits_nothing_stays_as_read():
    result = decoded("XY1", "BR")
    assert (result.text, result.region, result.rule) == ("XY1", "", "")


def test_the_country_decides_what_a_glyph_means():
    assert decoded("0B123AO", "SK").text == "OB123AO"
    assert decoded("BB1230O", "SK", "BR").text == "BB123OO"


def test_a_sure_digit_stays_one_where_another_country_has_a_digit_there():
    assert decoded("ZM4821B", "SK", "PL").text == "ZM4821B"
    doubtful = [*read("BA268"), Slot({"1": 0.48, "I": 0.43}, 0.5), *read("M")]
    assert decode(doubtful, builtin_formats(), {"SK": 1.0, "PL": 1.0}).text == "BA268IM"


def test_scores_beat_the_look():
    slots = [*read("PJC49"), Slot({"8": 0.5, "3": 0.45}, 0.6), *read("1")]
    result = decode(slots, builtin_formats(), {"BR": 1.0})
    assert result.text == "PJC4981"
    assert result.candidates[0] == "PJC4931" or result.characters[5].others[0][0] == "3"


def test_confidence_is_that_of_the_weakest_character():
    weak = decode([*read("PJC490"), Slot({"3": 0.4, "8": 0.3}, 0.9)], builtin_formats(), {"BR": 1.0})
    assert weak.confidence < decoded("PJC4903", "BR").confidence
    assert weak.characters[6].confidence == pytest.approx(0.4)


LEAD = {"浙": 0.0008, "川": 0.0002, "学": 0.5}


def hiding(text, lead=LEAD):
    """What a reader shows of a Chinese plate whose first Han character it does not."""
    first, *rest = read(text)
    return [Slot(first.scores, first.place, lead), *rest]


@pytest.mark.parametrize(
    ("shown", "plate", "rule"),
    [
        ("A12345", "浙A12345", "place 1 nothing->浙"),
        ("AD12345", "浙AD12345", "place 1 nothing->浙"),
        ("ZR12345", "浙R12345", "place 1 Z->浙"),
        ("A1234O", "浙A12340", "place 1 nothing->浙, place 7 O->0"),
    ],
)
def test_a_province_that_the_reader_hides_is_the_likeliest_of_all_provinces(shown, plate, rule):
    result = decode(hiding(shown), builtin_formats(), {"CN": 0.9, "KR": 0.1})
    assert (result.text, result.region) == (plate, "CN")
    assert result.rule.endswith(": " + rule)
    assert result.characters[0].confidence == pytest.approx(0.8)
    assert result.characters[0].others[0] == ("川", pytest.approx(0.2))


@pytest.mark.parametrize("shown", ["A12345", "ZR12345", "PJC4903"])
@pytest.mark.parametrize("priors", [{"CN": 0.5, "BR": 0.25, "US": 0.25}, {"US": 1.0}, {"BR": 0.6, "CN": 0.4}])
def test_no_province_is_added_where_other_countries_are_as_likely(shown, priors):
    assert decode(hiding(shown), builtin_formats(), priors) == decode(read(shown), builtin_formats(), priors)


def test_a_province_that_loses_changes_nothing():
    priors = {"CN": 0.6, "BR": 0.4}
    assert decode(hiding("PJC4903"), builtin_formats(), priors) == decode(read("PJC4903"), builtin_formats(), priors)


def test_a_province_that_the_reader_shows_is_kept():
    result = decode(hiding("京A12345"), builtin_formats(), {"CN": 1.0})
    assert (result.text, result.rule) == ("京A12345", "CN CLAAAAA (passenger car)")


def test_a_reader_that_knows_no_province_adds_none():
    result = decode(hiding("A12345", {"学": 0.5}), builtin_formats(), {"CN": 1.0})
    assert (result.text, result.region) == ("A12345", "")


@pytest.mark.parametrize("plate", ["京A1234学", "沪A1234警", "粤Z1234港"])
def test_endings_of_chinese_plates_are_kept(plate):
    assert decoded(plate, "CN").text == plate


def test_nothing_read_is_an_empty_plate():
    assert decode([], builtin_formats(), {"BR": 1.0}).text == ""
