# SPDX-License-Identifier: Apache-2.0
"""Between the plain values of this package and its messages."""

from __future__ import annotations

import math

from geometry_msgs.msg import Point
from ronda.msg import BoundingBox, FaceArray, FaceMatch
from ronda.msg import Face as FaceMessage
from ronda.msg import Person as PersonMessage
from std_msgs.msg import Header

from face_perception.faces import Box, Picture
from face_perception.people import Person
from face_perception.picture import encode_jpeg
from face_perception.ranging import Intrinsics, locate
from face_perception.site import Site, Watchlist
from face_perception.watcher import DecidedMatch, FrameResult, SeenFace
from ronda_core import images
from ronda_core.stamps import from_seconds

_PICTURE_QUALITY, _CROP_QUALITY = 85, 90


def array_message(
    result: FrameResult, header: Header, size: tuple[int, int], camera: Intrinsics | None, elapsed_ms: float
) -> FaceArray:
    """Return the message about all faces of a frame of ``size`` (width, height)."""
    message = FaceArray(header=header, image_width=size[0], image_height=size[1], processing_ms=elapsed_ms)
    message.faces = [_face_message(seen, camera) for seen in result.faces]
    return message


def match_message(
    match: DecidedMatch,
    match_id: str,
    person: Person,
    watchlist: Watchlist,
    picture: Picture,
    enrolment: bytes,
    header: Header,
    camera: Intrinsics | None,
) -> FaceMatch:
    """Return the message about a decided track with its three pictures."""
    verdict = match.verdict
    crop = match.box.grown(1.8).crop(picture)
    return FaceMatch(
        header=header,
        match_id=match_id,
        track_id=match.track_id,
        person_id=person.person_id,
        person_name=person.name,
        watchlist_id=watchlist.list_id,
        watchlist_name=watchlist.name,
        alert_level=int(watchlist.alert_level),
        score=verdict.score,
        threshold=verdict.threshold,
        quality=verdict.quality,
        votes=verdict.votes,
        frames=verdict.views,
        first_seen=from_seconds(match.first_seen),
        box=_box_message(match.box),
        position=_position(match.box, camera),
        picture=images.compressed(encode_jpeg(picture, _PICTURE_QUALITY), header),
        crop=images.compressed(encode_jpeg(crop, _CROP_QUALITY), header),
        enrolment=images.compressed(enrolment, header),
    )


def person_message(person: Person, site: Site | None) -> PersonMessage:
    """Return the message about a person, without templates."""
    watchlist = site.watchlists.get(person.watchlist_id) if site else None
    return PersonMessage(
        person_id=person.person_id,
        name=person.name,
        watchlist_id=person.watchlist_id,
        watchlist_name=watchlist.name if watchlist else "",
        reason=person.reason,
        alert_level=int(watchlist.alert_level) if watchlist else 0,
        enrolled=from_seconds(person.enrolled_at),
        valid_until=from_seconds(person.valid_until),
        pictures=person.pictures,
        model=person.model,
    )


def _face_message(seen: SeenFace, camera: Intrinsics | None) -> FaceMessage:
    points = seen.face.points if seen.face is not None else seen.detection.points
    return FaceMessage(
        track_id=seen.track_id,
        box=_box_message(seen.detection.box),
        landmarks=[math.nan] * 10 if points is None else [float(value) for value in points.ravel()],
        detection_score=seen.detection.score,
        quality=math.nan if seen.face is None else seen.face.quality,
        liveness=math.nan if seen.liveness is None else seen.liveness,
        position=_position(seen.detection.box, camera),
    )


def _box_message(box: Box) -> BoundingBox:
    return BoundingBox(x=float(box.left), y=float(box.top), width=float(box.width), height=float(box.height))


def _position(box: Box, camera: Intrinsics | None) -> Point:
    x, y, z = locate(box, camera) if camera is not None else (math.nan,) * 3
    return Point(x=x, y=y, z=z)
