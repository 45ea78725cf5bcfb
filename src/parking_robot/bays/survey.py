# SPDX-License-Identifier: Apache-2.0
"""The survey of the bays: takes in sweeps, plates and stays, and says what stands where and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from parking_robot.bays.bay import BayKind, BayPlan
from parking_robot.bays.bay_record import BayRecord, BayState, RecordRules
from parking_robot.bays.best_views import PlateInBay
from parking_robot.bays.findings import Finding, FindingRules, SeenBay, find
from parking_robot.bays.occurrences import Occurrences
from parking_robot.bays.parked import NO_MATCH, Belonging, ParkedMatch, ParkedStay, match_parked
from parking_robot.bays.scan_look import Look
from parking_robot.plates.decoding import Decoded

PLATE_REACH_M = 0.8
"""How far beyond its bay a plate may seem to hang: the range of a plate is estimated from its corners."""


@dataclass(frozen=True, slots=True)
class PlateSighting:
    """A plate in one frame and where it hangs, metres in the map frame; its width in the picture, pixels."""

    x: float
    y: float
    decoded: Decoded
    width_px: float = 0.0


@dataclass(frozen=True, slots=True)
class Count:
    """How full the garage is by its bays, beside how full it is by its gates. ``unplaced`` are the stays that no bay
    shows: cars on their way, in a bay not seen yet, or gone without an exit."""

    free: int
    occupied: int
    unknown: int
    by_stays: int | None
    unplaced: tuple[str, ...]

    @property
    def agree(self) -> bool:
        """True when every bay is known and both counts are the same."""
        return self.unknown == 0 and self.by_stays == self.occupied


class BaySurvey:
    """The bays of one garage as one robot saw them. Times in seconds of the robot's clock."""

    def __init__(self, plan: BayPlan, record: RecordRules | None = None, rules: FindingRules | None = None) -> None:
        self.plan = plan
        self._rules = rules or FindingRules()
        self._records = {bay.id: BayRecord(record or RecordRules()) for bay in plan.bays}
        self._inside: tuple[ParkedStay, ...] | None = None
        self._placed: dict[str, str] = {}
        self._occurrences = Occurrences()

    def take_looks(self, now: float, looks: Mapping[str, Look]) -> None:
        """Take in what a sweep of the lidar said, by bay."""
        for bay_id, look in looks.items():
            self._records[bay_id].look(now, look)

    def take_plates(self, now: float, sightings: Iterable[PlateSighting]) -> list[PlateInBay]:
        """Take in the plates of one frame; returns those that hang in a bay."""
        placed = []
        for sighting in sightings:
            bay = self.plan.bay_at(sighting.x, sighting.y, PLATE_REACH_M)
            if bay is not None and sighting.decoded.text:
                self._records[bay.id].read(now, [sighting.decoded])
                placed.append(PlateInBay(bay.id, sighting.decoded.text, sighting.width_px))
        return placed

    def take_stays(self, inside: Sequence[ParkedStay] | None) -> None:
        """Take in the stays that have not ended; None while the ledger does not answer.

        A car whose stay has ended has left by the exit, though the robot may not have looked into its bay since.
        """
        self._inside = None if inside is None else tuple(inside)
        if self._inside is None:
            return
        ids = {stay.stay_id for stay in self._inside}
        for bay_id in [bay_id for bay_id, stay_id in self._placed.items() if stay_id not in ids]:
            self._records[bay_id].leave()
            del self._placed[bay_id]

    def bays(self, now: float) -> tuple[SeenBay, ...]:
        """Return every bay as it is believed now, in order of the ids."""
        seen = []
        for bay in self.plan.bays:
            record = self._records[bay.id]
            state, plate = record.state(now), record.plate(now)
            match = match_parked(plate.text, self._inside or ()) if plate.text else NO_MATCH
            if self._inside is None:
                match = ParkedMatch(Belonging.UNSURE)
            elif match.stay is not None:
                self._placed[bay.id] = match.stay.stay_id
            else:
                self._placed.pop(bay.id, None)
            # A lane is blocked by what is seen to stay, not by a car that drove through when the robot last looked.
            until = record.seen if bay.kind is BayKind.KEEP_CLEAR and record.seen is not None else now
            standing = until - record.since if record.since is not None and state is not BayState.UNKNOWN else 0.0
            seen.append(
                SeenBay(bay, state, record.probability(), record.seen, standing, plate.text, plate.confidence, match)
            )
        return tuple(seen)

    def findings(self, now: float, at: datetime) -> list[Finding]:
        """Return what a person should look at; ``at`` is the same moment on the ledger's clock."""
        seen = self.bays(now)
        found = find(seen, self._inside, at, self._rules)
        return self._occurrences.date(now, at, found, {one.bay.id for one in seen if one.state is BayState.FREE})

    def count(self, now: float) -> Count:
        """Return both counts."""
        seen = [one for one in self.bays(now) if one.bay.kind is not BayKind.KEEP_CLEAR]
        states = [one.state for one in seen]
        placed = {one.stay.stay_id for one in seen if one.stay is not None}
        inside = self._inside
        return Count(
            free=states.count(BayState.FREE),
            occupied=states.count(BayState.OCCUPIED),
            unknown=states.count(BayState.UNKNOWN),
            by_stays=None if inside is None else len(inside),
            unplaced=tuple(stay.stay_id for stay in inside or () if stay.stay_id not in placed),
        )
