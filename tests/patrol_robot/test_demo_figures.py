# SPDX-License-Identifier: Apache-2.0
import json

import pytest

from patrol_robot.demo_figures import Alert, RoundFigures, RouteOutcome, report
from patrol_robot.demo_judge import FalseAlert, Judgement

GOOD = RouteOutcome("round", waypoints=13, reached=13, missed=(), completed=True)
FOUND = Judgement({"Ada": "i1"}, (), ())
ALERT = Alert("i1", "Ada", 0.61234, 42.1234, (1.234, 5.678), "evidence/i1", "Ada seen")


def figures() -> RoundFigures:
    return RoundFigures(
        frame_to_alert_ms=[10.0, 20.0, 90.0],
        first_sight_to_alert_s=[0.4],
        perception_ms=[30.0],
        path=[(0.0, 0.0), (3.0, 4.0), (3.0, 5.0)],
        sim_end_s=120.0,
        wall_end_s=60.0,
    )


def test_the_report_has_the_agreed_keys_and_is_json() -> None:
    document = json.loads(json.dumps(report(7, GOOD, [ALERT], FOUND, figures()), allow_nan=False))
    assert set(document) == {
        "ok",
        "seed",
        "route",
        "incidents",
        "false_alerts",
        "missed_people",
        "performance",
    }
    assert document["ok"] is True
    route = document["route"]
    assert (route["waypoints"], route["reached"], route["missed"], route["collisions"]) == (13, 13, [], 0)
    assert (route["distance_m"], route["sim_duration_s"], route["wall_duration_s"]) == (6.0, 120.0, 60.0)
    (incident,) = document["incidents"]
    assert incident["person"] == "Ada"
    assert incident["position_m"] == [1.23, 5.68]
    performance = document["performance"]
    assert performance["frame_to_alert_ms"] == {"p50": 20.0, "p95": 90.0}
    assert performance["real_time_factor"] == 2.0


@pytest.mark.parametrize("fault", ["collision", "missed waypoint", "missed person", "false alert", "not completed"])
def test_one_fault_is_enough_to_fail(fault: str) -> None:
    measured, outcome, judgement = figures(), GOOD, FOUND
    if fault == "collision":
        measured.collisions = 1
    elif fault == "missed waypoint":
        outcome = RouteOutcome("round", 13, 12, (("cafe", "blocked"),), completed=True)
    elif fault == "missed person":
        judgement = Judgement({}, ("Ada",), ())
    elif fault == "false alert":
        judgement = Judgement({"Ada": "i1"}, (), (FalseAlert("i2", "Ada", "nobody stands there"),))
    else:
        outcome = RouteOutcome("round", 13, 13, (), completed=False, message="stopped")
    assert report(1, outcome, [ALERT], judgement, measured)["ok"] is False


def test_a_round_that_never_began_is_reported_without_numbers() -> None:
    nothing = RouteOutcome("round", 13, 0, (), completed=False, message="no navigation")
    document = report(1, nothing, [], Judgement({}, ("Ada",), ()), RoundFigures())
    assert document["ok"] is False
    assert document["performance"]["real_time_factor"] is None
    json.dumps(document, allow_nan=False)
