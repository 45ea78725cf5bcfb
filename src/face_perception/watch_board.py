# SPDX-License-Identifier: Apache-2.0
"""What ``ronda faces watch`` shows at the moment; written by the watching thread, read by the page's."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class SeenMatch:
    """One match for people to see: ``number`` counts from 1, ``time_s`` is the frame's stamp."""

    number: int
    time_s: float
    person_id: str
    name: str
    watchlist: str
    score: float


class WatchBoard:
    """The newest frame, the state of the source and the last ``kept`` matches with their faces."""

    def __init__(self, source: str, kept: int = 50) -> None:
        self._source = source
        self._lock = threading.Lock()
        self._matches: deque[tuple[SeenMatch, bytes]] = deque(maxlen=kept)
        self._frame = (0, b"")
        self._total = 0
        self._faces = 0
        self._status = ("starting", False)

    def show(self, jpeg: bytes, faces: int) -> None:
        """Take the newest annotated frame and how many faces are in it."""
        with self._lock:
            self._frame = (self._frame[0] + 1, jpeg)
            self._faces = faces

    def say(self, status: str, trouble: bool = False) -> None:
        """Take the state of the source in words."""
        with self._lock:
            self._status = (status, trouble)

    def add(self, time_s: float, person_id: str, name: str, watchlist: str, score: float, jpeg: bytes) -> None:
        """Take a match and the picture of its face."""
        with self._lock:
            self._total += 1
            self._matches.appendleft((SeenMatch(self._total, time_s, person_id, name, watchlist, score), jpeg))

    def frame(self) -> tuple[int, bytes]:
        """Return number and JPEG of the newest frame; no bytes before the first."""
        with self._lock:
            return self._frame

    def picture(self, number: int) -> bytes | None:
        """Return the face of match ``number``, or None when it is no longer kept."""
        with self._lock:
            return next((jpeg for match, jpeg in self._matches if match.number == number), None)

    def state(self) -> dict[str, Any]:
        """Return everything but pictures, for JSON; the newest match comes first."""
        with self._lock:
            return {
                "source": self._source,
                "status": self._status[0],
                "trouble": self._status[1],
                "frames": self._frame[0],
                "faces": self._faces,
                "matches_total": self._total,
                "matches": [asdict(match) for match, _ in self._matches],
            }
