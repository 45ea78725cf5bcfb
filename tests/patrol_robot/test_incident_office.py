# SPDX-License-Identifier: Apache-2.0
import shutil
from pathlib import Path

import numpy as np
import pytest
from nav_msgs.msg import Odometry
from rclpy.serialization import serialize_message
from tests.patrol_robot.factories import match

from patrol_robot.errors import EvidenceError
from patrol_robot.evidence import EvidenceStore
from patrol_robot.incident_log import IncidentLog
from patrol_robot.incident_office import IncidentOffice, MatchPictures
from patrol_robot.incidents import ClipState, IncidentDesk, Place
from patrol_robot.pictures import decode, encode
from patrol_robot.ring_buffer import Record
from ronda_core.clock import ManualClock

PICTURE = encode(np.full((48, 64, 3), 90, np.uint8))
PICTURES = MatchPictures(scene=PICTURE, face=PICTURE, enrolment=PICTURE)
PLACE = Place(person=(3.0, 4.0, 1.6), robot=(1.0, 4.0, 0.0))
TYPES = {"/odom": "nav_msgs/msg/Odometry"}


class Desk:
    """An office in a folder that can be opened again, as after a restart."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = ManualClock(1.7e9)

    def open(self) -> IncidentOffice:
        self.store = EvidenceStore(self.folder / "evidence")
        log = IncidentLog(self.folder / "incidents.sqlite")
        return IncidentOffice(self.store, log, IncidentDesk(60.0), self.clock, "/patrol1")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def records() -> list[Record]:
    return [Record(n * 10**8, "/odom", bytes(serialize_message(Odometry()))) for n in range(30)]


def test_an_incident_is_on_the_disk_with_pictures_and_hashes(desk: Desk) -> None:
    office = desk.open()
    incident = office.report(match(), PICTURES, PLACE, reported_s=12.5)
    assert incident is not None
    assert [file.name for file in incident.evidence] == [
        "comparison.jpg",
        "picture.jpg",
        "face.jpg",
        "enrolment.jpg",
    ]
    desk.store.verify(incident.incident_id)
    scene = decode((desk.store.folder(incident.incident_id) / "picture.jpg").read_bytes())
    assert scene is not None and scene.shape[1] == 64
    assert office.incidents() == [incident]
    assert desk.store.read(incident.incident_id) == incident.document()


def test_a_repeated_match_and_a_restart_make_no_second_incident(desk: Desk) -> None:
    office = desk.open()
    assert office.report(match(), PICTURES, PLACE, 12.5)
    assert office.report(match(), PICTURES, PLACE, 12.6) is None
    assert office.report(match(match_id="soon after", observed_s=20.0), PICTURES, PLACE, 20.1) is None
    office.close()
    again = desk.open()
    assert again.report(match(), PICTURES, PLACE, 12.5) is None
    assert len(again.incidents()) == len(desk.store.incident_ids()) == 1


def test_a_match_without_any_picture_is_still_reported(desk: Desk) -> None:
    incident = desk.open().report(match(), MatchPictures(b"", b"rubbish", b""), Place(None, None), 12.5)
    assert incident is not None
    assert [file.name for file in incident.evidence] == ["comparison.jpg"]


def test_the_clip_is_added_later_and_hashed(desk: Desk) -> None:
    office = desk.open()
    incident = office.report(match(), PICTURES, PLACE, 12.5)
    assert incident is not None and incident.clip is ClipState.PENDING
    done = office.attach_clip(incident, TYPES, records())
    assert (done.clip, done.clip_note) == (ClipState.COMPLETE, "30 messages, 2.9 s")
    assert {"clip/clip.mcap", "clip/metadata.yaml"} < {file.name for file in done.evidence}
    desk.store.verify(done.incident_id)
    assert office.incidents() == [done]


def test_a_clip_that_cannot_be_had_is_said(desk: Desk) -> None:
    office = desk.open()
    incident = office.report(match(), PICTURES, PLACE, 12.5)
    assert incident is not None
    done = office.attach_clip(incident, {}, records())
    assert done.clip is ClipState.UNAVAILABLE
    assert "/odom" in done.clip_note
    assert office.attach_clip(incident, TYPES, []).clip_note == "nothing was received around this time"


def test_a_crash_between_evidence_and_log_loses_nothing(desk: Desk) -> None:
    office = desk.open()
    incident = office.report(match(), PICTURES, PLACE, 12.5)
    assert incident is not None
    office.close()
    for file in desk.folder.glob("incidents.sqlite*"):
        file.unlink()
    again = desk.open()
    assert again.adopted == 1
    (kept,) = again.incidents()
    assert (kept.incident_id, kept.clip) == (incident.incident_id, ClipState.UNAVAILABLE)
    assert "ended before" in kept.clip_note
    assert again.report(match(), PICTURES, PLACE, 12.5) is None


def test_a_match_that_could_not_be_written_can_be_reported_again(desk: Desk) -> None:
    office = desk.open()
    shutil.rmtree(desk.store.root)
    desk.store.root.write_text("in the way")
    with pytest.raises(EvidenceError):
        office.report(match(), PICTURES, PLACE, 12.5)
    desk.store.root.unlink()
    assert office.report(match(), PICTURES, PLACE, 12.5) is not None
