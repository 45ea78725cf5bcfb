# SPDX-License-Identifier: Apache-2.0
from parking_robot.plates.decoding import Character, Decoded
from parking_robot.plates.voting import vote


def frame(text, confidence):
    return Decoded(text, "BR", "r", confidence, tuple(Character(c, confidence, ()) for c in text), ())


def test_the_heavier_reading_wins():
    result = vote([frame("ABC1234", 0.9), frame("ABC1234", 0.8), frame("ABC1235", 0.3)])
    assert (result.text, result.frames, result.agreeing) == ("ABC1234", 3, 2)
    assert result.candidates == ("ABC1235",)


def test_one_frame_alone_decides_nothing():
    result = vote([frame("ABC1234", 0.99)])
    assert (result.text, result.candidates) == ("", ("ABC1234",))


def test_look_alikes_vote_together_and_each_place_is_decided():
    result = vote([frame("ABO1234", 0.6), frame("AB01234", 0.5), frame("ABO1234", 0.4), frame("XYZ9999", 0.9)])
    assert result.text == "ABO1234"


def test_unread_frames_do_not_vote():
    assert vote([frame("", 0.0), frame("ABC1234", 0.5), frame("ABC1234", 0.5)]).text == "ABC1234"
    assert vote([]).text == ""


def test_scraps_of_a_plate_are_no_plate_unless_a_format_fits():
    scraps = [Decoded("37", region, "", 0.9, tuple(Character(c, 0.9, ()) for c in "37"), ()) for region in ("", "GB")]
    assert vote(scraps[:1] * 5).text == ""
    assert vote(scraps[1:] * 5).text == "37"


def test_many_blurred_frames_do_not_outvote_a_few_sharp_ones():
    blurred, sharp = [frame("ABC1239", 0.05)] * 8, [frame("ABC1234", 0.9)] * 2
    assert vote([*blurred, *sharp]).text == "ABC1234"
