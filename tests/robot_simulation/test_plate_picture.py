# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from robot_simulation.errors import WorldError
from robot_simulation.plate_picture import COUNTRIES, draw_plate, style_of


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_plate_is_as_large_as_its_style_says_and_has_ink_on_it(country):
    style = style_of(country)
    picture = draw_plate("AB12CDE", country)
    assert picture.shape == (round(style.height * 2000), round(style.width * 2000), 3)
    left, top, right, bottom = style.room
    height, width = picture.shape[:2]
    room = picture[round(top * height) : round(bottom * height), round(left * width) : round(right * width)]
    dark = (room.max(axis=2) < 128).mean()
    assert 0.1 < dark < 0.6


def test_each_character_looks_different():
    drawn = [draw_plate(character, "DE") for character in "ABCDEFGHJKLMNPRSTUVWXYZ23456789"]
    for index, one in enumerate(drawn):
        for other in drawn[index + 1 :]:
            assert np.abs(one.astype(int) - other).mean() > 0.1


def test_long_plates_stay_inside_their_frame():
    picture = draw_plate("WWWWMMMM", "US")
    beside = picture[90:240, 12:22]
    assert beside.min() > 200
    assert np.array_equal(draw_plate("AB1", "FR"), draw_plate("AB1", "FR"))


@pytest.mark.parametrize(("plate", "country"), [("", "DE"), ("ab12", "DE"), ("AB-12", "DE"), ("12가3456", "DE")])
def test_characters_that_cannot_be_drawn_are_refused(plate, country):
    with pytest.raises(WorldError, match="cannot be drawn"):
        draw_plate(plate, country)


def test_an_unknown_country_is_refused():
    with pytest.raises(WorldError, match="plates of 'XX' cannot be drawn"):
        draw_plate("AB12", "XX")
