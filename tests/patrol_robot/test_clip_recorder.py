# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.patrol_robot.factories import incident, match

from patrol_robot.clip_recorder import ClipRecorder
from patrol_robot.incidents import Incident
from patrol_robot.ring_buffer import Record


def at(seconds: float, topic: str = "/odom") -> Record:
    return Record(round(seconds * 1e9), topic, b"x")


def seen(seconds: float, name: str = "one") -> Incident:
    return incident(incident_id=name, match=match(observed_s=seconds))


@pytest.fixture
def recorder() -> ClipRecorder:
    return ClipRecorder(5.0, 3.0, 10_000, frozenset({"/tf_static"}))


def times(records: list[Record]) -> list[float]:
    return [record.stamp_ns / 1e9 for record in records]


def test_a_clip_is_due_once_when_the_seconds_after_have_passed(recorder: ClipRecorder) -> None:
    for half in range(41):
        recorder.receive(at(half / 2))
    recorder.request(seen(16.0))
    assert recorder.due(18.9) == []
    ((of, records),) = recorder.due(19.0)
    assert of.incident_id == "one"
    assert times(list(records)) == [half / 2 for half in range(22, 39)]
    assert recorder.due(30.0) == []


def test_its_beginning_is_still_there_when_the_timer_comes_late(recorder: ClipRecorder) -> None:
    recorder.request(seen(10.0))
    for tenth in range(140):
        recorder.receive(at(tenth / 10))
    ((_, records),) = recorder.due(13.9)
    assert times(list(records))[0] == 5.0


def test_each_incident_has_its_own_window(recorder: ClipRecorder) -> None:
    for second in range(16):
        recorder.receive(at(second))
    recorder.request(seen(10.0, "early"))
    recorder.request(seen(12.0, "late"))
    assert [of.incident_id for of, _ in recorder.due(13.5)] == ["early"]
    ((of, records),) = recorder.due(15.0)
    assert of.incident_id == "late"
    assert times(list(records)) == [*range(7, 16)]


def test_at_the_end_what_waits_is_cut_as_far_as_it_goes(recorder: ClipRecorder) -> None:
    recorder.receive(at(0.0, "/tf_static"))
    recorder.receive(at(1.5))
    recorder.request(seen(2.0))
    assert recorder.due(2.1) == []
    ((_, records),) = recorder.due(2.1, final=True)
    assert [record.topic for record in records] == ["/tf_static", "/odom"]


def test_without_messages_the_clip_is_empty(recorder: ClipRecorder) -> None:
    recorder.request(seen(10.0))
    ((_, records),) = recorder.due(13.0)
    assert list(records) == []
