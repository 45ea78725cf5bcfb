# SPDX-License-Identifier: Apache-2.0
"""Which recordings are due: an incident's clip waits until the seconds after it have been received."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from patrol_robot.incidents import Incident
from patrol_robot.ring_buffer import Record, RingBuffer


@dataclass(slots=True)
class ClipRecorder:
    """Cuts the window around each incident out of the ring once it is complete. Times in seconds."""

    before_s: float
    after_s: float
    max_bytes: int
    latched: frozenset[str] = frozenset()
    _waiting: list[Incident] = field(default_factory=list)
    _ring: RingBuffer = field(init=False)

    def __post_init__(self) -> None:
        # The ring must still hold the beginning when the end has come; a second allows for a late timer.
        self._ring = RingBuffer(self.before_s + self.after_s + 1.0, self.max_bytes, self.latched)

    def receive(self, record: Record) -> None:
        """Take a message as it comes."""
        self._ring.add(record)

    def request(self, incident: Incident) -> None:
        """Ask for the clip of an incident."""
        self._waiting.append(incident)

    def due(self, now_s: float, *, final: bool = False) -> list[tuple[Incident, Sequence[Record]]]:
        """The incidents whose clip is complete at `now_s`, each with its records; with `final`, all that wait."""
        ready = [incident for incident in self._waiting if final or now_s >= incident.match.observed_s + self.after_s]
        self._waiting = [incident for incident in self._waiting if incident not in ready]
        return [(incident, self._cut(incident.match.observed_s)) for incident in ready]

    def _cut(self, moment_s: float) -> list[Record]:
        start = max(0, round((moment_s - self.before_s) * 1e9))
        return self._ring.window(start, round((moment_s + self.after_s) * 1e9))
