# SPDX-License-Identifier: Apache-2.0
"""The people of a gallery, as values."""

from __future__ import annotations

from dataclasses import dataclass

from face_perception.faces import Template


@dataclass(frozen=True, slots=True)
class Example:
    """One enrolled picture of a person: its template, its quality and, where the site keeps it, the picture (JPEG)."""

    template: Template
    quality: float
    jpeg: bytes = b""


@dataclass(frozen=True, slots=True)
class Person:
    """A person without templates. Times are Unix seconds; ``valid_until`` 0: as long as the list is valid."""

    person_id: str
    name: str
    watchlist_id: str
    reason: str
    enrolled_at: float
    valid_until: float
    pictures: int
    model: str

    def in_force(self, now: float) -> bool:
        """Return whether the entry itself has not expired at Unix time ``now``."""
        return self.valid_until == 0 or now < self.valid_until
