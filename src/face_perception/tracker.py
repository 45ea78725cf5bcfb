# SPDX-License-Identifier: Apache-2.0
"""Follow faces over frames: by overlap where the camera is steady, by template where it turns quickly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from face_perception.faces import Box, Detection, Face, Template
from face_perception.recogniser import fuse_templates


@dataclass(frozen=True, slots=True)
class TrackerSettings:
    """``min_overlap``: intersection over union of one face in consecutive frames; ``min_similarity``: cosine from which
    a face elsewhere in the picture is the same one; ``max_gap_s``: unseen longer than this ends a track;
    ``max_views``: best views kept per track."""

    min_overlap: float = 0.25
    min_similarity: float = 0.5
    max_gap_s: float = 1.5
    max_views: int = 8


@dataclass(frozen=True, slots=True)
class View:
    """One embedded look at a face."""

    stamp: float
    quality: float
    template: Template


@dataclass(slots=True)
class Track:
    """One face followed over frames."""

    track_id: int
    box: Box
    first_seen: float
    last_seen: float
    frames: int = 1
    views: list[View] = field(default_factory=list)
    liveness: list[float] = field(default_factory=list)

    def template(self) -> Template | None:
        """Return the quality-weighted mean of the kept views, or None before the first view."""
        if not self.views:
            return None
        return fuse_templates([view.template for view in self.views], [view.quality + 1e-3 for view in self.views])

    def add_view(self, face: Face, stamp: float, limit: int) -> None:
        """Keep the view of an embedded face if it is among the ``limit`` best."""
        if face.template is None:
            return
        self.views.append(View(stamp, face.quality, face.template))
        if face.liveness is not None:
            self.liveness.append(face.liveness)
        if len(self.views) > limit:
            self.views.remove(min(self.views, key=lambda view: view.quality))


class Tracker:
    """Assigns detections to tracks, frame by frame. Stamps are seconds of one clock and never go back."""

    def __init__(self, settings: TrackerSettings | None = None) -> None:
        self.settings = settings or TrackerSettings()
        self._tracks: list[Track] = []
        self._next_id = 1

    @property
    def tracks(self) -> Sequence[Track]:
        """The tracks that are alive."""
        return tuple(self._tracks)

    def reset(self) -> None:
        """Forget all tracks (the clock jumped back); ids go on."""
        self._tracks.clear()

    def assign(
        self, detections: Sequence[Detection], stamp: float, look: Callable[[Detection], Face | None]
    ) -> list[tuple[Track, Face | None]]:
        """Return the track of each detection, and its analysed face where ``look`` had to be called for it.

        ``look`` embeds a detection (or returns None where it may not): asked only for faces that overlap no track
        while tracks are missing a face.
        """
        self._tracks = [track for track in self._tracks if stamp - track.last_seen <= self.settings.max_gap_s]
        result: list[tuple[Track, Face | None] | None] = [None] * len(detections)
        free = list(self._tracks)
        pairs = sorted(
            ((track.box.iou(found.box), index, track) for index, found in enumerate(detections) for track in free),
            key=lambda pair: -pair[0],
        )
        for overlap, index, track in pairs:
            if overlap < self.settings.min_overlap:
                break
            if result[index] is None and track in free:
                free.remove(track)
                result[index] = (track, None)
        for index, found in enumerate(detections):
            if result[index] is None:
                face = look(found) if any(track.views for track in free) else None
                matched = self._by_template(face, free)
                if matched is not None:
                    free.remove(matched)
                result[index] = (matched or self._open(found, stamp), face)
        done = [pair for pair in result if pair is not None]
        for (track, _), found in zip(done, detections, strict=True):
            track.frames += track.last_seen < stamp
            track.box, track.last_seen = found.box, stamp
        return done

    def _by_template(self, face: Face | None, free: Sequence[Track]) -> Track | None:
        if face is None or face.template is None:
            return None
        best: Track | None = None
        best_score = self.settings.min_similarity
        for track in free:
            fused = track.template()
            if fused is not None and (score := float(fused @ face.template)) >= best_score:
                best, best_score = track, score
        return best

    def _open(self, found: Detection, stamp: float) -> Track:
        track = Track(self._next_id, found.box, stamp, stamp)
        self._next_id += 1
        self._tracks.append(track)
        return track
