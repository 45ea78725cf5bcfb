# SPDX-License-Identifier: Apache-2.0
import json
import math

import pytest
from tests.patrol_robot.factories import incident, match

from patrol_robot.evidence import describe
from patrol_robot.incidents import ClipState, Incident, IncidentDesk, Place, Verdict, incident_id, iso_utc


def test_a_match_is_an_incident_once_and_a_person_once_per_cooldown() -> None:
    desk = IncidentDesk(cooldown_s=60.0)
    first = match(match_id="a", observed_s=10.0)
    assert desk.judge(first) is Verdict.NEW
    desk.accept(first)
    assert desk.judge(first) is Verdict.KNOWN
    assert desk.judge(match(match_id="b", observed_s=69.9)) is Verdict.COOLING
    assert desk.judge(match(match_id="b", observed_s=70.0)) is Verdict.NEW
    assert desk.judge(match(match_id="c", observed_s=11.0, person_id="other")) is Verdict.NEW
    assert desk.suppressed == 1


def test_a_match_that_could_not_be_written_is_not_held_back() -> None:
    desk = IncidentDesk(cooldown_s=60.0)
    assert desk.judge(match()) is Verdict.NEW
    assert desk.judge(match()) is Verdict.NEW


def test_matches_of_an_earlier_run_stay_known_and_an_earlier_clock_does_not_cool() -> None:
    desk = IncidentDesk(cooldown_s=60.0)
    desk.restore(["m-1"])
    assert desk.judge(match()) is Verdict.KNOWN
    desk.accept(match(match_id="late", observed_s=500.0))
    assert desk.judge(match(match_id="clock went back", observed_s=5.0)) is Verdict.NEW


def test_ids_sort_by_time_and_differ_by_match() -> None:
    early, late = incident_id("m-1", 1000.0), incident_id("m-1", 1000.001)
    assert early == "19700101T001640000Z-" + early[-8:]
    assert early < late
    assert incident_id("m-2", 1000.0) != early
    assert iso_utc(1000.0) == "1970-01-01T00:16:40.000Z"


def test_the_document_comes_back_as_the_same_incident() -> None:
    original = incident(evidence=(describe("picture.jpg", b"x"),), clip=ClipState.COMPLETE, clip_note="12 messages")
    document = json.loads(json.dumps(original.document(), allow_nan=False))
    assert Incident.from_document(document) == original


def test_what_is_not_known_is_null_and_comes_back() -> None:
    original = incident(match=match(quality=math.nan, position=None), place=Place(None, None))
    document = json.loads(json.dumps(original.document(), allow_nan=False))
    assert document["match"]["quality"] is None
    back = Incident.from_document(document)
    assert math.isnan(back.match.quality)
    assert (back.place, back.match.position) == (Place(None, None), None)


@pytest.mark.parametrize(
    ("place", "says"),
    [
        (Place((3.0, 4.04, 1.6), None), "Ada of list 'missing persons' seen at (3.0, 4.0) m; score 0.62"),
        (Place(None, None), "Ada of list 'missing persons' seen; score 0.62"),
    ],
)
def test_the_summary_is_one_sentence(place: Place, says: str) -> None:
    assert incident(place=place).summary.startswith(says)
