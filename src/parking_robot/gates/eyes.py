# SPDX-License-Identifier: Apache-2.0
"""The gate's eyes: the plates of each picture that is worth reading, and the newest picture of the car in the lane."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from parking_robot.gates.approach import PlateSight
from parking_robot.gates.scene_watch import SceneWatch
from parking_robot.plates.chain import PlateChain
from parking_robot.plates.geometry import Picture, box_of


class Eyes:
    """`read` belongs to one thread; `newest` may be called by any."""

    def __init__(self, chain: PlateChain, countries: Mapping[str, float], near_px: float) -> None:
        self._chain, self._countries, self._near_px = chain, dict(countries), near_px
        self._scene = SceneWatch()
        self._lock = threading.Lock()
        self._newest: Picture | None = None

    def read(self, picture: Picture, now: float) -> list[PlateSight] | None:
        """Return the plates of a BGR picture; None when it is the empty lane that was read already."""
        if not self._scene.worth(picture, now):
            return None
        sights = []
        for reading in self._chain.read(picture, self._countries or None):
            box = box_of(reading.corners)
            middle = (box.x + box.width / 2, box.y + box.height / 2)
            sights.append(PlateSight(*middle, box.width, reading.decoded))
        near = any(sight.width >= self._near_px for sight in sights)
        # Plates far behind the lane, of parked cars, are no reason to read the same picture again and again.
        self._scene.was_read(picture, near, now)
        if near:
            with self._lock:
                self._newest = picture.copy()
        return sights

    def newest(self) -> Picture | None:
        """Return the newest picture with a plate near the gate, once."""
        with self._lock:
            picture, self._newest = self._newest, None
        return picture
