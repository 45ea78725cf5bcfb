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


def test_nothing_read_is_an_empty_plate():
    assert decode([], builtin_formats(), {"BR": 1.0}).text == ""
