# SPDX-License-Identifier: Apache-2.0
"""From a match to an incident: what becomes one, what does not, and what stands in it."""

import hashlib
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from patrol_robot.evidence import EvidenceFile

FORMAT = 1
"""Version of incident.json."""


@dataclass(frozen=True, slots=True)
class Match:
    """A tracked face that agrees with a watch-listed person. Times in seconds of the robot's clock.

    `box` is (x, y, width, height) in pixels; `position` metres in the camera's optical frame, None if unknown.
    """

    match_id: str
    person_id: str
    person_name: str
    watchlist_id: str
    watchlist_name: str
    alert_level: int
    score: float
    threshold: float
    quality: float
    votes: int
    frames: int
    observed_s: float
    first_seen_s: float
    box: tuple[float, float, float, float]
    position: tuple[float, float, float] | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where on the map: metres; `None` where nothing is known. `robot` is (x, y, yaw) of base_footprint."""

    person: tuple[float, float, float] | None
    robot: tuple[float, float, float] | None
    frame: str = "map"


class ClipState(StrEnum):
    """What became of an incident's recording."""

    PENDING = "pending"
    COMPLETE = "complete"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident as it is kept and reported. `reported_utc` is ISO 8601, wall time."""

    incident_id: str
    robot: str
    match: Match
    place: Place
    reported_s: float
    reported_utc: str
    evidence: tuple[EvidenceFile, ...] = ()
    clip: ClipState = ClipState.PENDING
    clip_note: str = ""

    @property
    def summary(self) -> str:
        """One English sentence for the guard."""
        where = f" at ({self.place.person[0]:.1f}, {self.place.person[1]:.1f}) m" if self.place.person else ""
        m = self.match
        return f"{m.person_name} of list '{m.watchlist_name}' seen{where}; score {m.score:.2f}, to be confirmed."

    def document(self) -> dict[str, Any]:
        """The content of incident.json; numbers that are not known are null, never NaN."""
        body = {"format": FORMAT, "state": "candidate", "summary": self.summary, **asdict(self)}
        return _without_nan(body)

    @staticmethod
    def from_document(document: dict[str, Any]) -> "Incident":
        """The inverse of `document`. Raises KeyError or TypeError if it is not one."""
        match = dict(document["match"])
        match["box"] = tuple(match["box"])
        match["position"] = tuple(match["position"]) if match["position"] else None
        for key in ("score", "threshold", "quality"):
            match[key] = math.nan if match[key] is None else match[key]
        place = document["place"]
        return Incident(
            incident_id=document["incident_id"],
            robot=document["robot"],
            match=Match(**match),
            place=Place(
                person=tuple(place["person"]) if place["person"] else None,
                robot=tuple(place["robot"]) if place["robot"] else None,
                frame=place["frame"],
            ),
            reported_s=document["reported_s"],
            reported_utc=document["reported_utc"],
            evidence=tuple(EvidenceFile(**item) for item in document["evidence"]),
            clip=ClipState(document["clip"]),
            clip_note=document["clip_note"],
        )


class Verdict(StrEnum):
    """What the desk decides about a match."""

    NEW = "new"
    KNOWN = "known"
    """This very match is an incident already."""
    COOLING = "cooling"
    """The person was reported a moment ago."""


@dataclass(slots=True)
class IncidentDesk:
    """Decides which matches become incidents: each match once, each person at most once per `cooldown_s`."""

    cooldown_s: float
    _known: set[str] = field(default_factory=set)
    _last: dict[str, float] = field(default_factory=dict)
    suppressed: int = 0

    def restore(self, match_ids: Iterable[str]) -> None:
        """Remember matches that are in the log from an earlier run."""
        self._known.update(match_ids)

    def judge(self, match: Match) -> Verdict:
        """Say what to do with a match; changes nothing until `accept`."""
        if match.match_id in self._known:
            return Verdict.KNOWN
        last = self._last.get(match.person_id)
        if last is not None and 0.0 <= match.observed_s - last < self.cooldown_s:
            self.suppressed += 1
            return Verdict.COOLING
        return Verdict.NEW

    def accept(self, match: Match) -> None:
        """The match is an incident now, safely written."""
        self._known.add(match.match_id)
        self._last[match.person_id] = match.observed_s


def incident_id(match_id: str, reported: float) -> str:
    """A name that sorts by wall time (`reported`, Unix seconds) and is the folder's name too."""
    moment = datetime.fromtimestamp(reported, UTC)
    digest = hashlib.sha256(match_id.encode()).hexdigest()[:8]
    return f"{moment:%Y%m%dT%H%M%S}{moment.microsecond // 1000:03d}Z-{digest}"


def iso_utc(unix_s: float) -> str:
    """Unix seconds as ISO 8601 in UTC with milliseconds."""
    return datetime.fromtimestamp(unix_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
