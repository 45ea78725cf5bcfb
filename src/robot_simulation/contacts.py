# SPDX-License-Identifier: Apache-2.0
"""Counts what a robot touches beside the floor."""

from __future__ import annotations

import mujoco
import numpy as np
from numpy.typing import NDArray

RELEASE = 1.0
"""Seconds without touch after which touching the same thing again counts as another contact."""
_FLOOR_HEIGHT = 0.03
"""A contact whose normal is upright below this height (m) is standing, not bumping."""


class ContactCounter:
    """The contacts of one robot with anything but the ground it stands on."""

    def __init__(self, model: mujoco.MjModel, own_geoms: NDArray[np.intp]) -> None:
        self._model = model
        self._own = np.zeros(model.ngeom, bool)
        self._own[own_geoms] = True
        self._last: dict[str, float] = {}
        self.touching: frozenset[int] = frozenset()
        self.count = 0
        self.newest = ""

    def update(self, data: mujoco.MjData) -> None:
        """Take the contacts of the last step; `newest` names the other side of the newest counted one."""
        if data.ncon == 0:
            self.touching = frozenset()
            return
        geoms = data.contact.geom
        mine = self._own[geoms]
        standing = (np.abs(data.contact.frame[:, 2]) > 0.7) & (data.contact.pos[:, 2] < _FLOOR_HEIGHT)
        found = np.flatnonzero((mine[:, 0] != mine[:, 1]) & ~standing)
        touching = set()
        for index in found:
            own, other = geoms[index] if mine[index, 0] else geoms[index][::-1]
            touching.add(int(own))
            name = mujoco.mj_id2name(self._model, mujoco.mjtObj.mjOBJ_GEOM, int(other)).split("::")[0]
            if data.time - self._last.get(name, -np.inf) > RELEASE:
                self.count += 1
                self.newest = name
            self._last[name] = data.time
        self.touching = frozenset(touching)
