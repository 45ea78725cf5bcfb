# SPDX-License-Identifier: Apache-2.0
"""From pictures to examples of one person, or a reason why not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2

from face_perception.analyser import Analyser
from face_perception.errors import EnrolmentRefused
from face_perception.faces import Detection, Face, Picture
from face_perception.gallery import Gallery, Record
from face_perception.people import Example, Person
from face_perception.picture import encode_jpeg

_ADVICE = {
    "size": "the face is too small: {pixels:.0f} pixels wide, take a closer picture",
    "sharpness": "the face is blurred: hold the camera still and focus",
    "frontal": "the face looks aside: take it from the front",
    "upright": "the head is tilted: turn the picture upright",
    "exposure": "the face is too dark, too bright or without contrast: change the light",
}


@dataclass(frozen=True, slots=True)
class EnrolmentRules:
    """``min_component``: each quality component must reach it; ``min_overall``: their product;
    ``second_face``: another face of this share of the largest one's width makes a picture ambiguous;
    ``agreement_rate``: two pictures of one person must be nearer than this share of different people's are;
    ``keep_pictures``: store the face region of each picture (encrypted) for evidence and migration;
    ``max_side``: longest side of a kept picture in pixels."""

    min_component: float = 0.2
    min_overall: float = 0.12
    second_face: float = 0.5
    agreement_rate: float = 0.04
    keep_pictures: bool = True
    max_side: int = 480


class Enroller:
    """Checks pictures and turns them into examples."""

    def __init__(self, analyser: Analyser, rules: EnrolmentRules | None = None) -> None:
        self._analyser = analyser
        self.rules = rules or EnrolmentRules()

    def example(self, picture: Picture, where: str = "picture", *, central: bool = False) -> Example:
        """Return the example in a picture of one person. Raises EnrolmentRefused saying which check failed.

        ``central``: of several faces take the large one nearest to the middle instead of refusing the picture.
        """
        found = self._analyser.detect(picture)
        chosen = central_face(found, picture, self.rules.second_face)
        if chosen is None:
            raise EnrolmentRefused(f"{where}: no face found", hint="use a picture that shows one face from the front")
        widest = max(detection.box.width for detection in found)
        large = [detection for detection in found if detection.box.width >= self.rules.second_face * widest]
        if len(large) > 1 and not central:
            raise EnrolmentRefused(
                f"{where}: {len(large)} faces, one is needed", hint="cut the picture to the one person"
            )
        face = self._analyser.describe(picture, chosen)
        failed = [name for name, value in face.reasons.items() if value < self.rules.min_component]
        if failed or face.quality < self.rules.min_overall:
            # Size comes first: a small face is blurred as well, and coming closer mends both.
            failed = failed or [min(face.reasons, key=lambda name: face.reasons[name])]
            values = ", ".join(f"{name} {face.reasons[name]:.2f}" for name in failed)
            advice = _ADVICE[failed[0]].format(pixels=face.box.width)
            raise EnrolmentRefused(f"{where}: quality too low ({values})", hint=advice)
        assert face.template is not None  # describe() embeds unless told otherwise
        jpeg = encode_jpeg(portrait(picture, face, self.rules.max_side)) if self.rules.keep_pictures else b""
        return Example(face.template, face.quality, jpeg)

    def enrol(
        self,
        gallery: Gallery,
        name: str,
        watchlist_id: str,
        examples: Sequence[Example],
        *,
        reason: str = "",
        valid_until: float = 0.0,
        person_id: str = "",
        allow_duplicate: bool = False,
        record: Record | None = None,
    ) -> Person:
        """Add a person (or pictures to ``person_id``). Raises EnrolmentRefused when the pictures show different
        people or somebody who is enrolled under another name.

        ``record`` is called just before the change is committed; an error of it undoes the change.
        """
        self._check_agreement(examples, gallery.calibration.cosine(self.rules.agreement_rate))
        if not allow_duplicate:
            self._check_duplicate(gallery, examples, person_id)
        if person_id:
            return gallery.add_examples(person_id, examples, record)
        return gallery.enrol(name, watchlist_id, examples, reason, valid_until, record)

    def _check_agreement(self, examples: Sequence[Example], lowest: float) -> None:
        for index, one in enumerate(examples):
            for other_index, other in enumerate(examples[:index]):
                score = float(one.template @ other.template)
                if score < lowest:
                    raise EnrolmentRefused(
                        f"pictures {other_index + 1} and {index + 1} show different people (cosine {score:.2f})",
                        hint="enrol each person alone",
                    )

    def _check_duplicate(self, gallery: Gallery, examples: Sequence[Example], person_id: str) -> None:
        for example in examples:
            for hit in gallery.search(example.template, 1):
                if hit.score >= hit.threshold and hit.person_id != person_id:
                    known = gallery.person(hit.person_id)
                    raise EnrolmentRefused(
                        f"this face is enrolled as '{known.name}' ({known.person_id}, cosine {hit.score:.2f})",
                        hint="add the picture to that person, or allow the duplicate on purpose",
                    )


def central_face(found: Sequence[Detection], picture: Picture, smallest: float = 0.5) -> Detection | None:
    """Return the face nearest to the middle among those of ``smallest`` of the largest one's width, or None."""
    widest = max((detection.box.width for detection in found), default=0.0)
    large = [detection for detection in found if detection.box.width >= smallest * widest]
    return min(large, key=lambda one: _off_centre(one, picture), default=None)


def _off_centre(detection: Detection, picture: Picture) -> float:
    """Return how far a face is from the middle, less for larger faces."""
    x, y = detection.box.centre
    height, width = picture.shape[:2]
    return math.hypot(x - width / 2, y - height / 2) / detection.box.width


def portrait(picture: Picture, face: Face, max_side: int) -> Picture:
    """Return the head and shoulders around a face, at most ``max_side`` pixels a side."""
    crop = face.box.grown(2.2).crop(picture)
    factor = min(1.0, max_side / max(crop.shape[:2]))
    if factor == 1.0:
        return crop
    return cv2.resize(crop, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
