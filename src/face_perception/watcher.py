# SPDX-License-Identifier: Apache-2.0
"""The online half: frames in, tracked faces and decided matches out. Knows the time only from the frames' stamps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from face_perception.analyser import Analyser
from face_perception.decision import DecisionRules, Outcome, Verdict, decide
from face_perception.faces import Box, Detection, Face, Picture
from face_perception.gallery import Gallery
from face_perception.index import Hit
from face_perception.tracker import Track, Tracker, TrackerSettings

# A face elsewhere in the picture continues a track when different people are this near as rarely as that.
_SAME_FACE_RATE = 1e-5


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """``max_faces``: largest faces followed per frame; ``max_embeddings``: embedded per frame, undecided tracks first;
    ``min_width``: pixels below which a face is followed but not embedded, for its quality would never suffice;
    ``settled_interval_s``: how often the face of a settled track (decided, or well seen and unknown) is embedded."""

    max_faces: int = 16
    min_width: float = 16.0
    max_embeddings: int = 4
    settled_interval_s: float = 1.0
    settled_views: int = 5


@dataclass(frozen=True, slots=True)
class SeenFace:
    """A face of one frame: its track and, where it was analysed in this frame, its quality and liveness."""

    track_id: int
    detection: Detection
    face: Face | None
    liveness: float | None


@dataclass(frozen=True, slots=True)
class DecidedMatch:
    """A track that became a person of a list in this frame; ``others`` are the frame's other faces."""

    track_id: int
    verdict: Verdict
    box: Box
    others: tuple[Box, ...]
    first_seen: float
    stamp: float


@dataclass(frozen=True, slots=True)
class FrameResult:
    """What one frame gave."""

    stamp: float
    faces: Sequence[SeenFace]
    matches: Sequence[DecidedMatch]


class Watcher:
    """Follows faces and reports each person of a list once per cool-down."""

    def __init__(
        self,
        analyser: Analyser,
        gallery: Gallery,
        settings: WatchSettings | None = None,
        rules: DecisionRules | None = None,
        tracker: TrackerSettings | None = None,
    ) -> None:
        self._analyser = analyser
        self._gallery = gallery
        self._settings = settings or WatchSettings()
        self._rules = rules or DecisionRules()
        self._spread = gallery.calibration.spread
        self._tracker = Tracker(tracker or TrackerSettings(min_similarity=gallery.calibration.cosine(_SAME_FACE_RATE)))
        self._verdicts: dict[int, Verdict] = {}
        self._embedded: dict[int, float] = {}
        self._reported: dict[str, float] = {}
        # Track id -> stamp of a view -> its nearest person: each view is searched once.
        self._votes: dict[int, dict[float, list[Hit]]] = {}
        self._last_stamp = float("-inf")

    def process(
        self, picture: Picture, stamp: float, on_match: Callable[[DecidedMatch], None] | None = None
    ) -> FrameResult:
        """Take one BGR frame of time ``stamp`` (seconds). A stamp that went back starts anew (a simulation's reset).

        ``on_match`` hears of each match at once, before the frame's other faces are looked at.
        """
        if stamp < self._last_stamp:
            self._forget()
        self._last_stamp = stamp
        found = sorted(self._analyser.detect(picture), key=lambda detection: -detection.box.area)
        found = found[: self._settings.max_faces]
        # Nobody may be identified: faces are followed, templates are not even made.
        identify = self._gallery.permitted
        budget = self._settings.max_embeddings if identify else 0

        def look(detection: Detection) -> Face | None:
            nonlocal budget
            if budget <= 0 or detection.box.width < self._settings.min_width:
                return None
            budget -= 1
            return self._analyser.describe(picture, detection)

        assigned = self._tracker.assign(found, stamp, look)
        self._drop_ended()
        boxes = {track.track_id: track.box for track, _ in assigned}
        early = {track.track_id: face for track, face in assigned if face is not None}
        faces: dict[int, Face] = {}
        matches = []
        for track, detection in self._by_need(assigned, found):
            face = early.get(track.track_id)
            if face is None and self._wants_view(track, stamp):
                face = look(detection)
            if face is None:
                continue
            faces[track.track_id] = face
            verdict = self._judge(track, face, stamp)
            if verdict is None:
                continue
            others = tuple(box for track_id, box in boxes.items() if track_id != track.track_id)
            matches.append(DecidedMatch(track.track_id, verdict, track.box, others, track.first_seen, stamp))
            if on_match is not None:
                on_match(matches[-1])
        seen = [
            SeenFace(track.track_id, detection, faces.get(track.track_id), _mean(track.liveness))
            for (track, _), detection in zip(assigned, found, strict=True)
        ]
        return FrameResult(stamp, seen, matches)

    def verdict(self, track_id: int) -> Verdict | None:
        """Return the latest verdict on a living track."""
        return self._verdicts.get(track_id)

    def track(self, track_id: int) -> Track | None:
        """Return a living track."""
        return next((track for track in self._tracker.tracks if track.track_id == track_id), None)

    def _judge(self, track: Track, face: Face, stamp: float) -> Verdict | None:
        """Return the verdict if the track has just become a person who is to be reported."""
        track.add_view(face, stamp, self._tracker.settings.max_views)
        self._embedded[track.track_id] = stamp
        before = self._verdicts.get(track.track_id)
        if before is not None and before.outcome is Outcome.MATCH:
            return None
        fused = track.template()
        if fused is None:
            return None
        known = self._votes.get(track.track_id, {})
        votes = {
            view.stamp: known[view.stamp] if view.stamp in known else self._gallery.search(view.template, 1)
            for view in track.views
        }
        self._votes[track.track_id] = votes
        verdict = decide(track, self._gallery.search(fused, 2), list(votes.values()), self._rules, self._spread)
        self._verdicts[track.track_id] = verdict
        if verdict.outcome is not Outcome.MATCH or self._is_cooling(verdict.person_id, stamp):
            return None
        self._reported[verdict.person_id] = stamp
        return verdict

    def _is_cooling(self, person_id: str, stamp: float) -> bool:
        last = self._reported.get(person_id)
        if last is None:
            return False
        cooldown = self._gallery.watchlist(self._gallery.person(person_id).watchlist_id).cooldown_s
        return stamp - last < cooldown

    def _wants_view(self, track: Track, stamp: float) -> bool:
        verdict = self._verdicts.get(track.track_id)
        settled = verdict is not None and (
            verdict.outcome is Outcome.MATCH
            or (
                verdict.outcome is Outcome.UNKNOWN
                and len(track.views) >= self._settings.settled_views
                and not self._seems_sought(track)
            )
        )
        if not settled:
            return True
        return stamp - self._embedded.get(track.track_id, stamp) >= self._settings.settled_interval_s

    def _by_need(
        self, assigned: Sequence[tuple[Track, Face | None]], found: Sequence[Detection]
    ) -> list[tuple[Track, Detection]]:
        """Return this frame's tracks: who seems to be sought first, then the fewest views, of equals the larger face.

        An alert is that much earlier where several faces are in the picture.
        """
        pairs = [(track, detection) for (track, _), detection in zip(assigned, found, strict=True)]
        return sorted(pairs, key=lambda pair: (not self._seems_sought(pair[0]), len(pair[0].views), -pair[1].box.area))

    def _seems_sought(self, track: Track) -> bool:
        """Whether one of the track's views was like a person of a list."""
        votes = self._votes.get(track.track_id, {}).values()
        return any(hits and hits[0].score >= hits[0].threshold for hits in votes)

    def _drop_ended(self) -> None:
        alive = {track.track_id for track in self._tracker.tracks}
        self._verdicts = {key: value for key, value in self._verdicts.items() if key in alive}
        self._embedded = {key: value for key, value in self._embedded.items() if key in alive}
        self._votes = {key: value for key, value in self._votes.items() if key in alive}

    def _forget(self) -> None:
        self._tracker.reset()
        self._verdicts.clear()
        self._embedded.clear()
        self._votes.clear()
        self._reported.clear()


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
