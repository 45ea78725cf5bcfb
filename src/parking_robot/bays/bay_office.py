# SPDX-License-Identifier: Apache-2.0
"""The robot's desk at the ledger: asks who is inside, records in which bay a car stands, files findings for review."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from parking_robot.bays.bay_record import BayState
from parking_robot.bays.findings import Finding, SeenBay
from parking_robot.bays.parked import Belonging, ParkedStay
from parking_robot.plates.alphabet import fold
from parking_robot.stays.cases import Review, list_reviews, open_review
from parking_robot.stays.ledger import Ledger
from parking_robot.stays.pictures import PictureStore, drop_unneeded
from parking_robot.stays.stay import EventKind, StayEvent
from ronda_core.clock import Clock

SURE = frozenset({Belonging.EXACT, Belonging.LOOK_ALIKE})


class BayOffice:
    """Every method may raise LedgerError; what was not recorded is recorded at the next call.

    `tidy` raises ParkingError, too, for a picture that cannot be deleted.
    """

    def __init__(self, ledger: Ledger, clock: Clock, robot: str) -> None:
        self._ledger, self._clock, self._robot = ledger, clock, robot
        self._started = self.now()
        self._filed: set[str] = set()
        self._shared: set[int] = set()

    def now(self) -> datetime:
        """Return the present moment of the ledger's clock."""
        return datetime.fromtimestamp(self._clock.now(), UTC)

    def inside(self) -> list[ParkedStay]:
        """Return the stays that have not ended."""
        stays = []
        with self._ledger.batch():
            for stay_id, plate, entered in self._ledger.inside():
                stay = self._ledger.stay(stay_id)
                stays.append(ParkedStay(stay_id, plate, entered, stay.vehicle_class, stay.bay))
        return stays

    def record_places(self, seen: Iterable[SeenBay], settle_s: float) -> int:
        """Record the bay of each car that belongs to a stay and stands elsewhere than the ledger says."""
        moved = [
            (one, one.stay)
            for one in seen
            if one.stay is not None
            and one.match.kind in SURE
            and one.state is BayState.OCCUPIED
            and one.standing_s >= settle_s
            and one.stay.bay != one.bay.id
        ]
        for one, stay in moved:
            facts = {"bay": one.bay.id, "plate_read": one.plate, "robot": self._robot}
            self._ledger.append(stay.stay_id, StayEvent(EventKind.SEEN_IN_BAY, self.now(), facts))
        return len(moved)

    def file(self, findings: Sequence[Finding], pictures: Mapping[str, str]) -> list[Finding]:
        """Put findings into the review queue, each once while it lasts; returns those that became a case now.

        ``pictures``: the name of the kept picture by the finding's key, where there is one.
        """
        filed = []
        for finding in findings:
            if finding.key not in self._filed:
                with self._ledger.batch():
                    known = self._case_of_another(finding)
                    if known is None:
                        self._open(finding, pictures.get(finding.key, ""))
                        filed.append(finding)
                self._filed.add(finding.key)
                if known is not None:
                    self._shared.add(known.number)
        return filed

    def _open(self, finding: Finding, picture: str) -> None:
        open_review(
            self._ledger,
            finding.kind.value,
            self.now(),
            finding.key,
            stay_id=finding.stay_id,
            reasons=[finding.text],
            plate=finding.plate,
            bay=finding.bay_id,
            robot=self._robot,
            picture=picture,
        )

    def _case_of_another(self, finding: Finding) -> Review | None:
        """Return the case of the same thing that another robot has filed within a day, or this one before it restarted.

        A known car that stands where it stood is the same thing although a person has decided on it; of what has no
        plate only an open case says that it is the same.

        One case stands for one beginning: the next car in a lane is a case although that of the first is still open.
        """
        since = self.now() - timedelta(days=1)
        for case in list_reviews(self._ledger, everything=bool(finding.plate), stay_id=finding.stay_id, since=since):
            facts = case.facts
            own = facts.get("robot") == self._robot and case.at >= self._started
            if own or case.number in self._shared:
                continue
            same = (case.kind, facts.get("bay"), case.stay_id) == (finding.kind, finding.bay_id, finding.stay_id)
            if same and (finding.stay_id or fold(str(facts.get("plate", ""))) == fold(finding.plate)):
                return case
        return None

    def tidy(self, store: PictureStore, days: int) -> int:
        """Delete the kept pictures older than ``days`` that no open case needs; return how many."""
        return drop_unneeded(store, self._ledger, days, self.now())
