# SPDX-License-Identifier: Apache-2.0
"""Valid incidents and matches for tests, changed by keyword."""

import dataclasses
from typing import Any

from patrol_robot.incidents import Incident, Match, Place

_MATCH = Match(
    match_id="m-1",
    person_id="p-7",
    person_name="Ada",
    watchlist_id="w-1",
    watchlist_name="missing persons",
    alert_level=1,
    score=0.62,
    threshold=0.41,
    quality=0.8,
    votes=3,
    frames=4,
    observed_s=12.4,
    first_seen_s=11.8,
    box=(100.0, 80.0, 60.0, 75.0),
    position=(0.2, -0.1, 2.5),
)


def match(**changes: Any) -> Match:
    return dataclasses.replace(_MATCH, **changes)


def incident(**changes: Any) -> Incident:
    base = Incident(
        incident_id="20261123T120000000Z-00000001",
        robot="/patrol1",
        match=_MATCH,
        place=Place(person=(3.0, 4.0, 1.6), robot=(1.0, 4.0, 0.0)),
        reported_s=12.5,
        reported_utc="2026-11-23T12:00:00.000Z",
    )
    return dataclasses.replace(base, **changes)
