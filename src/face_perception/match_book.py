# SPDX-License-Identifier: Apache-2.0
"""Remembers recent matches until a human has judged them."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from face_perception.errors import GalleryError
from face_perception.faces import Template


@dataclass(frozen=True, slots=True)
class OpenMatch:
    """A match that waits for a verdict; ``template`` is the track's, kept in memory only."""

    match_id: str
    person_id: str
    template: Template
    quality: float


class MatchBook:
    """The newest ``limit`` matches."""

    def __init__(self, limit: int = 200) -> None:
        self._limit = limit
        self._matches: OrderedDict[str, OpenMatch] = OrderedDict()

    def add(self, match: OpenMatch) -> None:
        """Remember a match; the oldest is forgotten when there are too many."""
        self._matches[match.match_id] = match
        while len(self._matches) > self._limit:
            self._matches.popitem(last=False)

    def take(self, match_id: str) -> OpenMatch:
        """Return a match and forget it. Raises GalleryError for one that is unknown or already judged."""
        match = self._matches.pop(match_id, None)
        if match is None:
            raise GalleryError(
                f"match '{match_id}' is unknown or was judged before", hint="give the match_id of a recent FaceMatch"
            )
        return match
