# SPDX-License-Identifier: Apache-2.0
"""Between ronda/FaceMatch, ronda/Incident and the plain values of this package."""

import math

from geometry_msgs.msg import Point, Pose, Quaternion
from ronda.msg import EvidenceFile as EvidenceFileMessage
from ronda.msg import FaceMatch
from ronda.msg import Incident as IncidentMessage

from patrol_robot.incident_office import MatchPictures
from patrol_robot.incidents import Incident, Match
from ronda_core.se2 import yaw_to_quaternion
from ronda_core.stamps import from_seconds, to_seconds


def match_of(message: FaceMatch) -> Match:
    """The plain match in a message."""
    box, at = message.box, message.position
    known = all(math.isfinite(value) for value in (at.x, at.y, at.z))
    return Match(
        match_id=message.match_id,
        person_id=message.person_id,
        person_name=message.person_name,
        watchlist_id=message.watchlist_id,
        watchlist_name=message.watchlist_name,
        alert_level=message.alert_level,
        score=message.score,
        threshold=message.threshold,
        quality=message.quality,
        votes=message.votes,
        frames=message.frames,
        observed_s=to_seconds(message.header.stamp),
        first_seen_s=to_seconds(message.first_seen),
        box=(box.x, box.y, box.width, box.height),
        position=(at.x, at.y, at.z) if known else None,
    )


def pictures_of(message: FaceMatch) -> MatchPictures:
    """The encoded pictures in a message."""
    return MatchPictures(
        scene=bytes(message.picture.data), face=bytes(message.crop.data), enrolment=bytes(message.enrolment.data)
    )


def incident_message(incident: Incident) -> IncidentMessage:
    """The message that reports an incident."""
    match, place = incident.match, incident.place
    message = IncidentMessage(
        incident_id=incident.incident_id,
        kind=IncidentMessage.KIND_WATCHLIST_PERSON,
        severity=match.alert_level,
        state=IncidentMessage.STATE_CANDIDATE,
        robot=incident.robot,
        subject=match.person_name,
        subject_id=match.person_id,
        list_name=match.watchlist_name,
        score=match.score,
        threshold=match.threshold,
        position=_point(place.person),
        robot_pose=_pose(place.robot),
        first_seen=from_seconds(match.first_seen_s),
        reported=from_seconds(incident.reported_s),
        summary=incident.summary,
        evidence_folder=incident.incident_id,
        evidence=[
            EvidenceFileMessage(name=file.name, media_type=file.media_type, sha256=file.sha256, size=file.size)
            for file in incident.evidence
        ],
    )
    message.header.stamp = from_seconds(match.observed_s)
    message.header.frame_id = place.frame
    return message


def _point(point: tuple[float, float, float] | None) -> Point:
    x, y, z = point or (math.nan, math.nan, math.nan)
    return Point(x=x, y=y, z=z)


def _pose(pose: tuple[float, float, float] | None) -> Pose:
    if pose is None:
        return Pose(position=_point(None))
    x, y, z, w = yaw_to_quaternion(pose[2])
    return Pose(position=Point(x=pose[0], y=pose[1], z=0.0), orientation=Quaternion(x=x, y=y, z=z, w=w))
