# SPDX-License-Identifier: Apache-2.0
import cv2
import numpy as np
import pytest

from face_perception.enrolment import Enroller, EnrolmentRules
from face_perception.errors import EnrolmentRefused
from face_perception.picture import decode_picture


@pytest.fixture
def enroller(analyser):
    return Enroller(analyser)


def test_a_good_picture_gives_an_example_with_its_portrait(enroller, obama):
    example = enroller.example(obama[0])
    assert example.quality > 0.5
    portrait = decode_picture(example.jpeg)
    assert max(portrait.shape) == 480


def test_pictures_are_not_kept_where_the_site_says_so(analyser, obama):
    assert Enroller(analyser, EnrolmentRules(keep_pictures=False)).example(obama[0]).jpeg == b""


def test_no_face_is_refused(enroller):
    with pytest.raises(EnrolmentRefused, match=r"a[.]jpg: no face"):
        enroller.example(np.full((200, 200, 3), 128, np.uint8), "a.jpg")


def test_two_people_are_refused_unless_the_central_one_is_asked_for(enroller, obama, strangers):
    left = cv2.resize(strangers[1], (300, 420))
    right = cv2.resize(strangers[3], (300, 420))
    pair = np.hstack([left, right, np.zeros((420, 300, 3), np.uint8)])
    with pytest.raises(EnrolmentRefused, match="2 faces"):
        enroller.example(pair)
    central = enroller.example(pair, central=True)
    alone = enroller.example(strangers[3])
    assert float(central.template @ alone.template) > 0.7


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda p: cv2.GaussianBlur(p, (0, 0), 14), "sharpness"),
        (lambda p: cv2.resize(p, None, fx=0.05, fy=0.05, interpolation=cv2.INTER_AREA), "size"),
        (lambda p: (p * 0.1).astype(np.uint8), "exposure"),
    ],
)
def test_poor_pictures_are_refused_with_the_reason(enroller, strangers, spoil, word):
    with pytest.raises(EnrolmentRefused, match=f"quality too low .{word}|no face") as caught:
        enroller.example(spoil(strangers[1]))
    assert caught.value.hint


def test_pictures_of_different_people_are_refused(enroller, gallery, obama, strangers):
    examples = [enroller.example(picture) for picture in (obama[0], strangers[1])]
    with pytest.raises(EnrolmentRefused, match="pictures 1 and 2 show different people"):
        enroller.enrol(gallery, "Mixed", "wanted", examples)


def test_a_person_known_under_another_name_is_asked_about(enroller, gallery, obama):
    first, second = (enroller.example(picture) for picture in obama)
    known = enroller.enrol(gallery, "First Name", "wanted", [first])
    with pytest.raises(EnrolmentRefused, match="enrolled as 'First Name'"):
        enroller.enrol(gallery, "Second Name", "wanted", [second])
    more = enroller.enrol(gallery, "", "wanted", [second], person_id=known.person_id)
    assert more.pictures == 2
    twin = enroller.enrol(gallery, "Second Name", "wanted", [second], allow_duplicate=True)
    assert twin.person_id != known.person_id
