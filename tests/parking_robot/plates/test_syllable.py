# SPDX-License-Identifier: Apache-2.0
"""Where a syllable is looked for, and how well the network reads strokes that it was not trained with."""

import cv2
import numpy as np
import pytest
from tests.parking_robot.plates.strokes import SYLLABLES, drawn

from parking_robot.errors import PlateError
from parking_robot.plates.chain import load_settings
from parking_robot.plates.formats import builtin_formats
from parking_robot.plates.reader import Slot
from parking_robot.plates.syllable import SyllableReader, cut_at, evened, middles, widening

ASPECT = 6.0


@pytest.fixture(scope="module")
def reader():
    settings = load_settings()
    return SyllableReader(settings.folder / settings.syllables)


def line_of(text: str, places: list[float] | None = None) -> list[Slot]:
    """Slots of sure characters, evenly spread unless told otherwise."""
    places = places or [(i + 0.5) / len(text) for i in range(len(text))]
    return [Slot({character: 0.99}, place) for character, place in zip(text, places, strict=True)]


def picture_of(character: str, angle: float = 0.0) -> np.ndarray:
    """A syllable as it shows in a straightened line, dark on light, a little turned and noisy."""
    ink = cv2.resize(np.pad(drawn(character), 12), (48, 48), interpolation=cv2.INTER_AREA)
    turn = cv2.getRotationMatrix2D((24, 24), angle, 1.0)
    ink = cv2.warpAffine(ink, turn, (48, 48))
    noise = np.random.default_rng(3).normal(0, 5, ink.shape)
    return np.clip(220 - 0.75 * ink + noise, 0, 255).astype(np.uint8)


def test_the_network_knows_all_syllables_of_the_formats(reader):
    wanted = {c for form in builtin_formats()["KR"].formats for slot in form.slots for c in slot if c >= "가"}
    assert set(reader.syllables) == wanted


@pytest.mark.parametrize("angle", [-3.0, 0.0, 3.0])
def test_drawn_strokes_are_read(reader, angle):
    right = [max(read, key=read.get) == c for c in SYLLABLES if (read := reader.read(picture_of(c, angle)))]
    assert sum(right) >= len(SYLLABLES) - 2


def test_light_ink_on_dark_ground_is_read(reader):
    read = reader.read(255 - picture_of("나"))
    assert max(read, key=read.get) == "나"


def test_an_empty_place_is_no_syllable(reader):
    empty = np.full((48, 48), 210, np.uint8) + np.random.default_rng(1).integers(0, 4, (48, 48), np.uint8)
    assert sum(reader.read(empty).values()) < 0.5


@pytest.mark.parametrize(("text", "before"), [("123中4567", 2), ("12中4567", 1), ("123LI7890", 2)])
def test_the_place_between_the_digits_is_found(text, before):
    found = middles(line_of(text), ASPECT)[0]
    assert (found.before, found.after) == (before, len(text) - 4)


def test_a_dropped_syllable_leaves_a_gap():
    places = [0.06, 0.18, 0.30, 0.56, 0.68, 0.80, 0.92]
    found = middles(line_of("1234567", places), ASPECT)
    assert [(one.before, one.after) for one in found] == [(2, 3), (1, 3)]
    assert found[0].place == pytest.approx(0.43)


def test_a_digit_beside_the_syllable_is_not_a_part_of_it():
    places = [0.09, 0.19, 0.29, 0.43, 0.62, 0.71, 0.84, 0.95]
    assert [one.before for one in middles(line_of("12374568", places), 4.9)] == [2]
    split = [0.09, 0.19, 0.40, 0.46, 0.62, 0.71, 0.84, 0.95]
    assert [one.before for one in middles(line_of("12LI4568", split), 4.9)] == [1]


def test_the_narrow_line_of_a_short_plate_is_widened(reader):
    line = np.full((48, 150, 3), 220, np.uint8)
    line[:, 44:74] = cv2.resize(picture_of("나"), (30, 48), interpolation=cv2.INTER_AREA)[..., None]
    read = line_of("124567", [0.12, 0.26, 0.52, 0.64, 0.76, 0.88])
    assert widening(read, 150 / 48) == pytest.approx(0.55 / (0.12 * 150 / 48))
    completed = "".join(slot.best for slot in reader.complete(line, read))
    assert completed == "12나4567"
    assert reader.complete(line, read, likely=False) == read
    assert widening(line_of("124567"), ASPECT) == 1.0


@pytest.mark.parametrize("text", ["", "1", "1234", "ABC1234", "AB12345", "1234中567", "BA268AK", "1中4567"])
def test_other_plates_are_left_alone(text):
    assert middles(line_of(text), ASPECT) == []


def test_digits_that_stand_close_have_no_room_for_a_syllable():
    assert middles(line_of("123456"), 4.0) == []


def test_the_syllable_takes_the_place_of_what_was_read(reader):
    line = np.full((48, 288, 3), 220, np.uint8)
    line[:, 120:168] = cv2.cvtColor(picture_of("구"), cv2.COLOR_GRAY2BGR)
    read = line_of("12中4567", [0.1, 0.25, 0.5, 0.68, 0.76, 0.84, 0.92])
    done = reader.complete(line, read)
    assert "".join(slot.best for slot in done) == "12구4567"


def test_a_syllable_that_was_taken_for_a_digit_is_seen(reader):
    line = np.full((48, 288, 3), 220, np.uint8)
    line[:, 90:138] = cv2.cvtColor(picture_of("가"), cv2.COLOR_GRAY2BGR)
    read = line_of("1274567", [0.1, 0.25, 0.396, 0.6, 0.7, 0.8, 0.9])
    done = reader.complete(line, read)
    assert "".join(slot.best for slot in done) == "12가4567"
    assert 0.0 < done[2].scores["7"] < 0.5


def test_without_a_syllable_the_reading_stays(reader):
    line = np.full((48, 288, 3), 220, np.uint8)
    read = line_of("12X4567", [0.1, 0.25, 0.5, 0.68, 0.76, 0.84, 0.92])
    assert reader.complete(line, read) == read


def test_a_cut_at_the_edge_is_whole():
    assert cut_at(np.zeros((48, 200, 3), np.uint8), 0.0).shape == (48, 48, 3)


def test_evened_is_the_same_in_any_light():
    picture = picture_of("도")
    assert np.allclose(evened(picture), evened((picture // 2 + 40).astype(np.uint8)), atol=0.1)


def test_a_file_without_syllables_is_refused():
    settings = load_settings()
    with pytest.raises(PlateError, match="syllables"):
        SyllableReader(settings.folder / settings.corners)
