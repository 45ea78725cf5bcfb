# SPDX-License-Identifier: Apache-2.0
from patrol_robot.demo_judge import Figure, Sighting, judge

ADA = Figure("Ada", True, 0.0, 0.0)
BEN = Figure("Ben", True, 10.0, 0.0)
EVE = Figure("Eve", False, 0.0, 10.0)
EVERYBODY = (ADA, BEN, EVE)


def seen(person: str, x: float, y: float, key: str = "i1") -> Sighting:
    return Sighting(key, person, (x, y))


def test_a_name_at_its_own_place_is_found_and_others_are_missed() -> None:
    outcome = judge(EVERYBODY, [seen("Ada", 0.5, -0.4), seen("Ada", 0.1, 0.1, "i2")])
    assert outcome.found == {"Ada": "i1"}
    assert outcome.missed == ("Ben",)
    assert outcome.false_alerts == ()


def test_a_name_at_anothers_place_is_a_false_alert_and_does_not_count_as_found() -> None:
    outcome = judge(EVERYBODY, [seen("Ada", 0.0, 9.0), seen("Ben", 0.0, 0.1, "i2"), seen("Ben", 5.0, 5.0, "i3")])
    assert outcome.found == {}
    assert [(wrong.incident_id, wrong.reason) for wrong in outcome.false_alerts] == [
        ("i1", "the stranger Eve stands there"),
        ("i2", "Ada stands there"),
        ("i3", "nobody stands there"),
    ]
    assert outcome.missed == ("Ada", "Ben")


def test_an_incident_without_a_place_proves_nothing() -> None:
    outcome = judge(EVERYBODY, [Sighting("i1", "Ada", None)])
    assert outcome.false_alerts[0].reason == "it does not say where"
    assert "Ada" in outcome.missed


def test_an_empty_world_has_nobody_to_find_or_to_miss() -> None:
    assert judge((), []).missed == ()
    assert judge((), [seen("Ada", 0, 0)]).false_alerts[0].reason == "nobody stands there"
