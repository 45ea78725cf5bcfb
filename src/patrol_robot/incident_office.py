# SPDX-License-Identifier: Apache-2.0
"""Takes matches in and gives incidents out: decided, located, pictured, and on the disk before anyone hears of them."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from patrol_robot import pictures
from patrol_robot.bag import write_bag
from patrol_robot.errors import PatrolError
from patrol_robot.evidence import EvidenceStore, describe
from patrol_robot.incident_log import IncidentLog
from patrol_robot.incidents import ClipState, Incident, IncidentDesk, Match, Place, Verdict, incident_id, iso_utc
from patrol_robot.ring_buffer import Record
from ronda_core.clock import Clock

SCENE: Final = "picture.jpg"
FACE: Final = "face.jpg"
ENROLMENT: Final = "enrolment.jpg"
COMPARISON: Final = "comparison.jpg"
CLIP: Final = "clip"


@dataclass(frozen=True, slots=True)
class MatchPictures:
    """The encoded pictures (JPEG) that came with a match; empty bytes where there is none."""

    scene: bytes
    face: bytes
    enrolment: bytes


class IncidentOffice:
    """Keeps the evidence store, the log and the rules together.

    The order of writing is: evidence folder, log, then the caller's publication. A crash between the first two leaves
    a folder without a row, which the next start takes into the log; so what was written is never lost.
    """

    def __init__(self, store: EvidenceStore, log: IncidentLog, desk: IncidentDesk, clock: Clock, robot: str) -> None:
        """`clock` is wall time; `robot` names the reporting robot."""
        self._store = store
        self._log = log
        self._desk = desk
        self._clock = clock
        self._robot = robot
        self.adopted = self._adopt_folders_without_row()
        self._give_up_old_clips()
        desk.restore(log.match_ids())

    @property
    def suppressed(self) -> int:
        """Matches held back because the person had just been reported."""
        return self._desk.suppressed

    def report(self, match: Match, images: MatchPictures, place: Place, reported_s: float) -> Incident | None:
        """Make an incident of a match and write it; None if it is one already or the person was just reported.

        Raises EvidenceError or IncidentLogError if it could not be kept; the same match may then be reported again.
        """
        if self._desk.judge(match) is not Verdict.NEW:
            return None
        now = self._clock.now()
        files = _files(match, images)
        incident = Incident(
            incident_id=incident_id(match.match_id, now),
            robot=self._robot,
            match=match,
            place=place,
            reported_s=reported_s,
            reported_utc=iso_utc(now),
            evidence=tuple(describe(name, content) for name, content in files.items()),
        )
        self._store.create(incident.incident_id, files, incident.document())
        self._log.add(incident)
        self._desk.accept(match)
        return incident

    def unwritten(self, match: Match, place: Place, reported_s: float, reason: str) -> Incident | None:
        """An incident that could not be kept, so that a guard hears of it nevertheless; None as in `report`."""
        if self._desk.judge(match) is not Verdict.NEW:
            return None
        self._desk.accept(match)
        now = self._clock.now()
        return Incident(
            incident_id=incident_id(match.match_id, now),
            robot=self._robot,
            match=match,
            place=place,
            reported_s=reported_s,
            reported_utc=iso_utc(now),
            clip=ClipState.UNAVAILABLE,
            clip_note=reason,
        )

    def attach_clip(
        self, incident: Incident, types: Mapping[str, str], records: Sequence[Record], latched: Sequence[str] = ()
    ) -> Incident:
        """Write the recording around an incident and name its files in the evidence; says so if it cannot be had."""
        if not records:
            return self._close_clip(incident, ClipState.UNAVAILABLE, "nothing was received around this time")
        try:
            with self._store.new_part(incident.incident_id, CLIP) as folder:
                count = write_bag(folder, types, records, latched)
        except PatrolError as error:
            return self._close_clip(incident, ClipState.UNAVAILABLE, str(error))
        span = (records[-1].stamp_ns - records[0].stamp_ns) / 1e9
        with_clip = dataclasses.replace(
            incident, evidence=incident.evidence + self._store.describe_part(incident.incident_id, CLIP)
        )
        return self._close_clip(with_clip, ClipState.COMPLETE, f"{count} messages, {span:.1f} s")

    def incidents(self) -> list[Incident]:
        """All incidents in the log, oldest first."""
        return self._log.all()

    def close(self) -> None:
        """Let go of the files."""
        self._log.close()

    def _close_clip(self, incident: Incident, state: ClipState, note: str) -> Incident:
        closed = dataclasses.replace(incident, clip=state, clip_note=note)
        self._store.update(closed.incident_id, closed.document())
        self._log.replace(closed)
        return closed

    def _adopt_folders_without_row(self) -> int:
        known = {incident.incident_id for incident in self._log.all()}
        lost = [name for name in self._store.incident_ids() if name not in known]
        for name in lost:
            self._log.add(Incident.from_document(self._store.read(name)))
        return len(lost)

    def _give_up_old_clips(self) -> None:
        for incident in self._log.with_clip(ClipState.PENDING):
            self._close_clip(incident, ClipState.UNAVAILABLE, "the software ended before the recording was whole")


def _files(match: Match, images: MatchPictures) -> dict[str, bytes]:
    caption = f"{match.person_name}   score {match.score:.2f} (threshold {match.threshold:.2f})"
    scene, face, enrolment = (pictures.decode(data) for data in (images.scene, images.face, images.enrolment))
    files = {COMPARISON: pictures.encode(pictures.side_by_side(face, enrolment, caption))}
    if scene is not None:
        files[SCENE] = pictures.encode(pictures.annotate(scene, match.box, caption))
    if face is not None:
        files[FACE] = images.face
    if enrolment is not None:
        files[ENROLMENT] = images.enrolment
    return files
