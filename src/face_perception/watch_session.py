# SPDX-License-Identifier: Apache-2.0
"""Watching a source without a robot: frames in; matches, state and annotated pictures out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from face_perception.annotate import annotate
from face_perception.blur import blur_faces
from face_perception.faces import Picture
from face_perception.frozen import FreezeWatch
from face_perception.picture import encode_jpeg
from face_perception.station import Station
from face_perception.watch_board import WatchBoard
from face_perception.watcher import DecidedMatch, Watcher

Notice = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """``frozen_after_s``: the same picture for this long is a frozen camera (0: never, for files);
    ``blur_others``: make everybody who is not on a list unrecognisable."""

    frozen_after_s: float = 0.0
    blur_others: bool = False


class WatchSession:
    """Each frame becomes an annotated picture on the board; ``notice`` hears of matches and of the source's state."""

    def __init__(self, here: Station, board: WatchBoard, notice: Notice, settings: SessionSettings) -> None:
        self.frames = self.matches = 0
        self._here = here
        self._board = board
        self._notice = notice
        self._blur_others = settings.blur_others
        self._watcher = Watcher(here.analyser, here.gallery)
        self._freeze = FreezeWatch(settings.frozen_after_s)
        self._frozen = False
        self._names: dict[int, str] = {}

    def take(self, picture: Picture, stamp: float) -> Picture:
        """Look at a BGR frame of time ``stamp``; return it with a frame around each face."""
        self.frames += 1
        self._look_for_freeze(picture, stamp)
        result = self._watcher.process(picture, stamp)
        for match in result.matches:
            self._report(match, picture)
        others = [seen.detection.box for seen in result.faces if seen.track_id not in self._names]
        shown = annotate(blur_faces(picture, others) if self._blur_others else picture, result.faces, self._names)
        self._board.show(encode_jpeg(shown, 80), len(result.faces))
        return shown

    def source_changed(self, words: str, trouble: bool) -> None:
        """Report that the source broke off or came back."""
        self._board.say(words, trouble)
        self._notice({"event": "lost" if trouble else "back", "text": words})

    def _look_for_freeze(self, picture: Picture, stamp: float) -> None:
        self._freeze.take(picture, stamp)
        frozen = self._freeze.is_frozen(stamp)
        if frozen and not self._frozen:
            words = "the camera is frozen: it sends the same picture"
            self._board.say(words, True)
            self._notice({"event": "frozen", "time_s": round(stamp, 3), "text": words})
        elif not frozen:
            self._board.say("watching")
            if self._frozen:
                self._notice({"event": "moving", "time_s": round(stamp, 3), "text": "the picture moves again"})
        self._frozen = frozen

    def _report(self, match: DecidedMatch, picture: Picture) -> None:
        person = self._here.gallery.person(match.verdict.person_id)
        score = round(match.verdict.score, 4)
        self.matches += 1
        self._names[match.track_id] = person.name
        self._here.audit.append("match", person_id=person.person_id, score=score)
        watchlist = self._here.gallery.watchlist(person.watchlist_id).name
        face = encode_jpeg(match.box.grown(1.5).crop(picture), 85)
        self._board.add(match.stamp, person.person_id, person.name, watchlist, score, face)
        line = {"event": "match", "time_s": round(match.stamp, 3), "person_id": person.person_id}
        self._notice(line | {"name": person.name, "score": score})
