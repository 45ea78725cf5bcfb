# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from itertools import combinations

import pytest
from tests.parking_robot.plates.scenes import plate_picture

from parking_robot.errors import ConfigurationError, PlateError
from parking_robot.plates.chain import PlateChain, country_priors, load_settings
from parking_robot.plates.finder import PlateFinder
from parking_robot.plates.geometry import Box, box_of
from parking_robot.plates.reader import LineReader


@pytest.fixture(scope="module")
def chain():
    return PlateChain(load_settings())


@pytest.mark.parametrize("text", ["BA268AK", "RK896AO", "MT456BJ", "ZM4821B"])
def test_a_drawn_plate_is_found_and_read(chain, text):
    best = chain.read(plate_picture(text))[0]
    assert best.decoded.text == text
    assert box_of(best.corners).overlap(Box(245, 284, 150, 32)) > 0.6


@pytest.mark.parametrize("text", ["123가4568", "12나3457", "368구2715", "57머8823"])
@pytest.mark.parametrize("tall", [1.0, 1.5, 2.0])
def test_a_korean_plate_is_read_with_its_syllable(chain, text, tall):
    best = chain.read(plate_picture(text, tall=tall))[0]
    assert best.decoded.text == text
    assert best.decoded.region == "KR"


@pytest.mark.parametrize(("sure_from", "looks"), [(0.4, 2), (1.1, 1)])
def test_a_second_look_is_for_what_is_surely_a_plate(monkeypatch, sure_from, looks):
    read, lines = LineReader.read, []
    monkeypatch.setattr(LineReader, "read", lambda reader, line: (lines.append(line), read(reader, line))[1])
    doubting = replace(load_settings(), second_look_below=1.1, second_look_from=sure_from)
    assert PlateChain(doubting).read(plate_picture("BA268AK"))[0].decoded.text == "BA268AK"
    assert len(lines) == looks


@pytest.mark.parametrize(
    ("changes", "looks"),
    [
        ({"finder_enough": 1.1}, 1),
        ({"finder_enough": 1.1, "read_enough": 1.1}, 3),
        ({"finder_enough": 1.1, "plate_sure": 1.1}, 3),
        ({"finder_enough": 0.2, "read_enough": 1.1}, 1),
    ],
)
def test_a_sure_find_or_a_sure_reading_saves_the_next_look(monkeypatch, changes, looks):
    look, sides = PlateFinder._look, []
    monkeypatch.setattr(PlateFinder, "_look", lambda finder, *how: (sides.append(how[1]), look(finder, *how))[1])
    readings = PlateChain(replace(load_settings(), **changes)).read(plate_picture("BA268AK"))
    assert [reading.decoded.text for reading in readings][:1] == ["BA268AK"]
    assert len(sides) == looks
    places = [box_of(reading.corners) for reading in readings]
    assert all(one.overlap(other) < 0.3 for one, other in combinations(places, 2)), "one plate was reported twice"


@pytest.mark.parametrize(
    ("text", "countries"),
    [("甘A12345", None), ("吉A12345", None), ("甘A12345", {"CN": 1.0}), ("吉AD12345", {"CN": 1.0})],
)
def test_a_chinese_plate_is_read_with_its_province(chain, text, countries):
    best = chain.read(plate_picture(text), countries)[0]
    assert best.decoded.text == text
    assert best.decoded.region == "CN"


def test_a_picture_without_a_plate_gives_nothing_to_read(chain):
    empty = plate_picture("X")[:200, :200]
    assert all(reading.score < 0.5 for reading in chain.read(empty))


@pytest.mark.parametrize("shape", [(1, 1), (7, 900), (900, 7)])
def test_odd_pictures_do_no_harm(chain, shape):
    assert isinstance(chain.read(plate_picture("AB123CD")[: shape[0], : shape[1]].copy()), list)


def test_the_look_never_rules_a_country_out():
    priors = country_priors({"US": 1.0, "EU": 0.0, "BR": 0.0, "CN": 0.0, "KR": 0.0})
    assert priors["US"] > 10 * priors["SK"] > 0


def test_a_missing_model_is_named(tmp_path):
    with pytest.raises(PlateError, match=r"ppocr-v6-small.*is missing"):
        PlateChain(load_settings(), models=tmp_path)


def test_a_chain_file_changes_only_what_it_names(tmp_path):
    own = tmp_path / "chain.yaml"
    own.write_text("plate_threshold: 0.9\nfinder: mine.onnx\n")
    settings = load_settings(own)
    assert settings.plate_threshold == 0.9
    assert settings.finder == str(tmp_path / "mine.onnx")
    assert settings.reader == load_settings().reader


@pytest.mark.parametrize("text", ["plate_treshold: 1", "finder_sides: [a]", "a: [", "text_margin: 3"])
def test_wrong_chain_files_are_refused(tmp_path, text):
    own = tmp_path / "chain.yaml"
    own.write_text(text)
    with pytest.raises(ConfigurationError):
        load_settings(own)
