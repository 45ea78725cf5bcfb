# SPDX-License-Identifier: Apache-2.0
"""How full the garage is: counted at the gates, corrected by what the robot sees in the bays."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Occupancy:
    """``inside`` is between 0 and ``capacity``; ``drift`` sums what had to be corrected."""

    capacity: int
    inside: int = 0
    drift: int = 0

    @property
    def full(self) -> bool:
        return self.inside >= self.capacity

    def entered(self, cars: int = 1) -> Occupancy:
        """Count cars in; what exceeds the capacity is drift."""
        return self._set(self.inside + cars)

    def left(self, cars: int = 1) -> Occupancy:
        """Count cars out; never below zero."""
        return self._set(self.inside - cars)

    def recounted(self, cars: int) -> Occupancy:
        """Take over the count of a patrol that saw every bay."""
        return replace(self, inside=min(max(cars, 0), self.capacity), drift=self.drift + abs(cars - self.inside))

    def _set(self, wanted: int) -> Occupancy:
        inside = min(max(wanted, 0), self.capacity)
        return replace(self, inside=inside, drift=self.drift + abs(wanted - inside))
