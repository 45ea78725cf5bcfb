# SPDX-License-Identifier: Apache-2.0
"""The best picture of the car in each bay, in memory alone: it is written down only where a finding needs it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from parking_robot.plates.alphabet import fold

MOST_VIEWS = 64
MOST_WAITING = 8
"""Plates and pictures of one moment come by two ways: so many moments are kept until the other half is there."""


@dataclass(frozen=True, slots=True)
class PlateInBay:
    """A plate that was read in a picture; ``width_px`` is its width there."""

    bay_id: str
    plate: str
    width_px: float


class BestViews:
    """The picture (JPEG) with the widest plate for each car in each bay. Stamps are the pictures', nanoseconds."""

    def __init__(self) -> None:
        self._views: dict[tuple[str, str], tuple[float, bytes]] = {}
        self._plates: dict[int, tuple[PlateInBay, ...]] = {}
        self._pictures: dict[int, bytes] = {}

    def take_plates(self, stamp: int, plates: Iterable[PlateInBay]) -> None:
        """Take in which plates of the picture of ``stamp`` hang in which bays."""
        self._plates[stamp] = tuple(plates)
        self._join(stamp)

    def take_picture(self, stamp: int, jpeg: bytes) -> None:
        """Take in the picture of ``stamp``."""
        self._pictures[stamp] = jpeg
        self._join(stamp)

    def best(self, bay_id: str, plate: str) -> bytes:
        """Return the best picture of the car with this plate (or one that looks alike) in a bay; empty: none."""
        return self._views.get((bay_id, fold(plate)), (0.0, b""))[1]

    def forget(self, bay_id: str) -> None:
        """Forget the pictures of a bay: nobody stands there any more."""
        self._views = {key: view for key, view in self._views.items() if key[0] != bay_id}

    def _join(self, stamp: int) -> None:
        if stamp in self._plates and stamp in self._pictures:
            jpeg = self._pictures.pop(stamp)
            for seen in self._plates.pop(stamp):
                self._take(seen, jpeg)
        for waiting in (self._plates, self._pictures):
            while len(waiting) > MOST_WAITING:
                del waiting[next(iter(waiting))]

    def _take(self, seen: PlateInBay, jpeg: bytes) -> None:
        key = (seen.bay_id, fold(seen.plate))
        if seen.width_px > self._views.get(key, (0.0, b""))[0]:
            self._views.pop(key, None)
            self._views[key] = (seen.width_px, jpeg)
        while len(self._views) > MOST_VIEWS:
            del self._views[next(iter(self._views))]
