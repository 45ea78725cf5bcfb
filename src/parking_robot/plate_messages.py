# SPDX-License-Identifier: Apache-2.0
"""Plates as messages and back."""

from __future__ import annotations

import math
from collections.abc import Sequence

from geometry_msgs.msg import Point, Point32
from ronda.msg import BoundingBox, PlateCharacter, PlateRead, PlateReadArray
from std_msgs.msg import Header

from parking_robot.plates.chain import PlateReading
from parking_robot.plates.decoding import Character, Decoded
from parking_robot.plates.geometry import box_of

Place = tuple[float, float, float]


def array_message(
    readings: Sequence[PlateReading],
    places: Sequence[Place | None],
    header: Header,
    size: tuple[int, int],
    processing_ms: float,
) -> PlateReadArray:
    """Return the plates of one frame; ``size`` is the picture's (width, height), ``places`` in the header's frame."""
    return PlateReadArray(
        header=header,
        image_width=size[0],
        image_height=size[1],
        processing_ms=processing_ms,
        plates=[read_message(reading, place) for reading, place in zip(readings, places, strict=True)],
    )


def read_message(reading: PlateReading, place: Place | None) -> PlateRead:
    """Return one plate of one frame; ``place`` None: unknown."""
    box, decoded = box_of(reading.corners), reading.decoded
    x, y, z = place or (math.nan,) * 3
    return PlateRead(
        box=BoundingBox(x=box.x, y=box.y, width=box.width, height=box.height),
        corners=[Point32(x=float(u), y=float(v)) for u, v in reading.corners],
        text=decoded.text,
        region=decoded.region,
        confidence=min(max(decoded.confidence, 0.0), 1.0),
        detection_score=min(max(reading.score, 0.0), 1.0),
        rule=decoded.rule,
        candidates=list(decoded.candidates),
        characters=[_character(character) for character in decoded.characters],
        frames=1,
        position=Point(x=x, y=y, z=z),
    )


def decoded_of(message: PlateRead) -> Decoded:
    """Return what the reader said, for a vote over frames."""
    characters = tuple(
        Character(
            told.candidates[0], told.confidences[0], tuple(zip(told.candidates, told.confidences, strict=True))[1:]
        )
        for told in message.characters
    )
    if len(characters) != len(message.text):
        characters = tuple(Character(text, message.confidence, ()) for text in message.text)
    return Decoded(
        message.text, message.region, message.rule, message.confidence, characters, tuple(message.candidates)
    )


def place_of(message: PlateRead) -> Place | None:
    """Return the plate's place in the frame of its array, None where it is unknown."""
    at = message.position
    return (at.x, at.y, at.z) if math.isfinite(at.x + at.y + at.z) else None


def _character(character: Character) -> PlateCharacter:
    ranked = ((character.text, character.confidence), *character.others)
    return PlateCharacter(
        candidates=[text for text, _ in ranked], confidences=[min(max(share, 0.0), 1.0) for _, share in ranked]
    )
