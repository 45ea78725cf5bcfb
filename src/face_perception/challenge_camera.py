# SPDX-License-Identifier: Apache-2.0
"""From camera frames to the looks of a challenge: the largest face, followed, and embedded while it looks ahead."""

from __future__ import annotations

from face_perception.analyser import Analyser
from face_perception.challenge import Challenge, Look, Progress, State
from face_perception.faces import Picture
from face_perception.quality import yaw_ratio
from face_perception.tracker import Tracker

# Often enough to notice another face between two turns, seldom enough for ten frames a second on one core.
_EMBED_EVERY_S = 0.4


class ChallengeCamera:
    """Feeds one challenge from frames with stamps in seconds."""

    def __init__(self, analyser: Analyser, challenge: Challenge) -> None:
        self._analyser = analyser
        self._challenge = challenge
        self._tracker = Tracker()
        self._embedded_at = float("-inf")

    def take(self, picture: Picture, stamp: float) -> Progress:
        """Judge one BGR frame."""
        largest = max(self._analyser.detect(picture), key=lambda found: found.box.area, default=None)
        if largest is None:
            return self._challenge.tick(stamp)
        [(track, _)] = self._tracker.assign([largest], stamp, lambda _: None)
        due = stamp - self._embedded_at >= _EMBED_EVERY_S
        embed = due and self._challenge.progress.state is State.LOOK_AHEAD
        face = self._analyser.describe(picture, largest, embed)
        if embed:
            self._embedded_at = stamp
        return self._challenge.take(Look(stamp, yaw_ratio(face.points), track.track_id, face.template))
