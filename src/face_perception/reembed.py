# SPDX-License-Identifier: Apache-2.0
"""Make the templates of a gallery anew with another profile, from the enrolment pictures that the site keeps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from face_perception.analyser import Analyser
from face_perception.enrolment import central_face
from face_perception.people import Example, Person
from face_perception.picture import decode_picture
from face_perception.store import GalleryStore


@dataclass(frozen=True, slots=True)
class Reembedded:
    """Who was migrated, and who could not be: no kept picture, or no face found in it by the new models."""

    done: list[Person]
    left: list[Person]


def reembed(store: GalleryStore, analyser: Analyser, progress: Callable[[Person], None] | None = None) -> Reembedded:
    """Replace templates person by person, each in one transaction; who is up to date is skipped.

    Impostor examples are dropped: strangers' pictures are never kept, so their templates cannot be made anew.
    """
    model = analyser.recogniser.identity
    done: list[Person] = []
    left: list[Person] = []
    for person in store.people():
        if person.model == model:
            continue
        old = store.examples(person.person_id)
        examples = [new for example in old if (new := _again(analyser, example)) is not None]
        if examples:
            store.replace_examples(person.person_id, examples, model)
            done.append(replace(person, model=model, pictures=len(examples)))
        else:
            left.append(person)
        if progress is not None:
            progress(person)
    return Reembedded(done, left)


def _again(analyser: Analyser, example: Example) -> Example | None:
    if not example.jpeg:
        return None
    picture = decode_picture(example.jpeg)
    detection = central_face(analyser.detect(picture), picture)
    if detection is None:
        return None
    face = analyser.describe(picture, detection)
    assert face.template is not None  # describe() embeds unless told otherwise
    return Example(face.template, face.quality, example.jpeg)
