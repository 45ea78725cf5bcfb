# SPDX-License-Identifier: Apache-2.0
"""Who touches whom: counts a robot's collisions and presses its bumpers. Standing on the floor is no collision."""

from __future__ import annotations

import mujoco

FLOOR_NORMAL = 0.7
"""A contact whose normal points this much upwards, at a wheel's or caster's height, is the floor's."""
FLOOR_HEIGHT_M = 0.02
RELEASE_S = 1.0
"""The same two bodies that touch again within this time are still in one and the same collision."""


class Contacts:
    """The contacts of one robot."""

    def __init__(self, model: mujoco.MjModel, prefix: str, bumper_links: tuple[str, ...]) -> None:
        self._model = model
        self._own = {i for i in range(model.ngeom) if model.body(model.geom_bodyid[i]).name.startswith(prefix)}
        bumper_bodies = {model.body(prefix + link).id for link in bumper_links}
        self._bumpers = {i for i in self._own if model.geom_bodyid[i] in bumper_bodies}
        self._last: dict[str, float] = {}
        self.count = 0
        self.names: list[str] = []
        self.bumper_pressed = False

    def update(self, data: mujoco.MjData) -> None:
        """Take the contacts of the present step."""
        self.bumper_pressed = False
        for index in range(data.ncon):
            contact = data.contact[index]
            first, second = int(contact.geom1), int(contact.geom2)
            if (first in self._own) == (second in self._own) or contact.dist > 0:
                continue
            own, other = (first, second) if first in self._own else (second, first)
            if abs(contact.frame[2]) > FLOOR_NORMAL and contact.pos[2] < FLOOR_HEIGHT_M:
                continue
            if own in self._bumpers:
                self.bumper_pressed = True
            self._note(self._thing(other), float(data.time))

    def _thing(self, geom: int) -> str:
        name = self._model.geom(geom).name or self._model.body(self._model.geom_bodyid[geom]).name
        return str(name).split("/")[0]

    def _note(self, thing: str, now: float) -> None:
        if now - self._last.get(thing, -RELEASE_S * 2) > RELEASE_S:
            self.count += 1
            self.names.append(thing)
        self._last[thing] = now
